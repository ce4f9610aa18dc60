// Tokenises .xks text as VS Code does: with vscode-textmate, and the grammar that ships.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import grammar from '../syntaxes/grammar.mjs';

/** Gives a function from a text to its lines, each a list of `{ text, start, scopes }`. */
export async function tokenizer() {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(JSON.stringify(grammar), 'xks.tmLanguage.json'),
  });
  const loaded = await registry.loadGrammar('source.xks');
  return (text) => {
    let stack = textmate.INITIAL;
    return text
      .replace(/^\uFEFF/, '')
      .split(/\r\n|\n|\r/)
      .map((line) => {
        const { tokens, ruleStack } = loaded.tokenizeLine(line, stack);
        stack = ruleStack;
        return tokens.map(({ startIndex, endIndex, scopes }) => ({
          text: line.slice(startIndex, endIndex),
          start: startIndex,
          scopes,
        }));
      });
  };
}
