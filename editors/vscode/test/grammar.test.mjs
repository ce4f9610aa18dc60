// The TextMate grammar: what it says of chosen lines, and that it leaves nothing of a sound file out.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tokenizer } from './tokenizer.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const tokenize = await tokenizer();
const read = (path) => readFileSync(`${root}/${path}`, 'utf8');
/** The scopes of a token that say what it is, rather than what it is in. */
const own = (token) => token.scopes.slice(1).filter((scope) => !scope.startsWith('meta.'));

// In a drawing, a line `#  ^^^ SCOPE` says that the words above its carets have that scope; ` -` says that they have none.
for (const path of globSync('grammar/*.xks', { cwd: fileURLToPath(new URL('.', import.meta.url)) })) {
  test(`drawing ${path}`, () => {
    const text = read(`editors/vscode/test/${path}`);
    const source = text.split('\n');
    const lines = tokenize(text);
    let drawn = 0;
    let above = -1;
    for (const [number, line] of source.entries()) {
      const drawing = /^#( *)(\^+|<-) +(\S+)$/.exec(line);
      if (!drawing) {
        above = number;
        continue;
      }
      const [, blanks, carets, scope] = drawing;
      const start = carets === '<-' ? 0 : blanks.length + 1;
      const end = carets === '<-' ? 1 : start + carets.length;
      const below = lines[above].filter((token) => token.start < end && token.start + token.text.length > start);
      const words = source[above].slice(start, end);
      assert.ok(below.length > 0, `${path}:${number + 1}: nothing stands above the carets`);
      for (const token of below) {
        const scopes = own(token);
        const held =
          scope === '-'
            ? scopes.length === 0
            : scopes.some((one) => one === `${scope}.xks` || one.startsWith(`${scope}.`));
        assert.ok(
          held,
          `${path}:${number + 1}: \`${words}\` is not ${scope}, but \`${token.text}\` is ${scopes.join(' ') || 'without a scope'}`,
        );
      }
      drawn += 1;
    }
    assert.ok(drawn > 0, 'nothing is drawn');
  });
}

test('every word of a sound file has a scope, and none is invalid', () => {
  const files = globSync('{examples,tests/golden}/**/*.xks', { cwd: root }).map((path) => [path, read(path)]);
  assert.ok(files.length > 100, `only ${files.length} files`);
  for (const page of ['README.md', 'docs/language.md']) {
    const blocks = [...read(page).matchAll(/^```xks\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
      block.split(/^(?=#- )/m),
    );
    const sources = blocks.filter((block) => !/^#- .*(?<!\.xks)$/m.test(block));
    assert.ok(sources.length > 3, `${page} has only ${sources.length} sources`);
    files.push(...sources.map((source, index) => [`${page} (source ${index + 1})`, source]));
  }
  const complaints = [];
  for (const [path, text] of files) {
    for (const [number, tokens] of tokenize(text).entries()) {
      for (const token of tokens.filter(({ text }) => text.trim())) {
        const scopes = own(token);
        if (!scopes.length || scopes.some((scope) => scope.startsWith('invalid'))) {
          complaints.push(`${path}:${number + 1}: \`${token.text}\` is ${scopes.join(' ') || 'without a scope'}`);
        }
      }
    }
  }
  assert.deepEqual(complaints, []);
});

test('every keyword of the compiler is one here', () => {
  const pest = globSync('grammar/*.pest', { cwd: root }).map(read).join('\n');
  const keywords = [...pest.matchAll(/^kw_\w+\s*= @\{ "([a-z-]+)" ~ b \}/gm)].map(([, word]) => word);
  assert.ok(keywords.length > 40, `only ${keywords.length} keywords`);
  const statements = new Set(statementKeywords(pest));
  const samples = {
    at: 'expose a at b.c',
    to: 'export a to b',
    host: 'export host a.b to c',
    publish: 'export publish a to b',
    in: 'app a in b',
    except: 'allow a -> 10.0.0.0/8 except 10.1.0.0/16',
    not: 'allow pods(a not in (b)) -> c',
    dns: 'allow a -> dns b.c',
    ingress: 'allow ingress private -> a',
  };
  for (const word of keywords) {
    const line = samples[word] ?? (statements.has(word) ? `${word} a` : `app a ${word} b`);
    const token = tokenize(line)[0].find(({ text }) => text === word);
    assert.ok(
      token && own(token).some((scope) => /^(keyword|storage|constant)\./.test(scope)),
      `\`${word}\` in \`${line}\``,
    );
  }

  const table = /const FACTS[^=]*= &\[([\s\S]*?)\n\];/.exec(read('crates/analysis/src/check/platform.rs'));
  const facts = [...(table?.[1] ?? '').matchAll(/^ {4}\("([a-z0-9-]+)", "([^"]+)"/gm)];
  assert.ok(facts.length > 20, `only ${facts.length} facts`);
  for (const [, word, example] of facts) {
    const [, tokens] = tokenize(`platform {\n  ${example}\n}`);
    const token = tokens.find(({ text }) => text === word);
    assert.ok(token && own(token).includes('variable.other.property.fact.xks'), `\`${word}\` in \`${example}\``);
    for (const other of tokens.filter(({ text }) => text.trim())) {
      assert.ok(own(other).length > 0, `\`${other.text}\` in \`${example}\` is without a scope`);
    }
  }
});

/** The words that a statement may start with. */
function statementKeywords(pest) {
  const rule = /statement_start = _\{([^}]*)\}/.exec(pest) ?? assert.fail('no statement_start');
  return [...rule[1].matchAll(/kw_(\w+)/g)].map(([, word]) => word);
}
