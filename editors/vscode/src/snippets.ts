// Whole statements with places to fill in, from snippets/xks.json. The server offers those that are called like a statement
// itself, where one may stand, with the names that fit; only without it they come from here.

import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Server } from './server';

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: string | string[];
  /** Whether the server has it too. */
  readonly plain: boolean;
}

/** Offers the snippets at the beginning of a line. */
export async function provideSnippets(context: vscode.ExtensionContext, server: Server): Promise<vscode.Disposable> {
  const text = await readFile(context.asAbsolutePath('snippets/xks.json'), 'utf8');
  const snippets = Object.values(JSON.parse(text) as Record<string, Snippet>);
  return vscode.languages.registerCompletionItemProvider('xks', {
    provideCompletionItems: (document, position) => {
      const before = document.lineAt(position).text.slice(0, position.character);
      if (!/^\s*[a-z-]*$/.test(before)) {
        return [];
      }
      return snippets.filter(({ plain }) => !(plain && server.client)).map(item);
    },
  });
}

function item({ prefix, description, body }: Snippet): vscode.CompletionItem {
  const made = new vscode.CompletionItem({ label: prefix, description }, vscode.CompletionItemKind.Snippet);
  const text = [body].flat().join('\n');
  made.insertText = new vscode.SnippetString(text);
  made.documentation = new vscode.MarkdownString().appendCodeblock(plainText(text), 'xks');
  return made;
}

/** The text with what stands in its places to begin with. */
function plainText(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, '$1')
    .replace(/\$\{\d+:([^${}]*)\}/g, '$1')
    .replace(/\$\{\d+:\$[^{}]*\}|\$\d+/g, '…');
}
