// The page of a code. The server has the pages as documents; here they are shown as rendered text.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { findCompiler, reportMissing } from './programs';

const SCHEME = 'xks-explain';
const run = promisify(execFile);

/** Offers each finding's page as a code action. */
export function provideExplanations(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { language: 'xks' },
    { provideCodeActions: (_document, _range, { diagnostics }) => actions(diagnostics) },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

function actions(diagnostics: readonly vscode.Diagnostic[]): vscode.CodeAction[] {
  const codes = new Set(diagnostics.map(codeOf).filter((code) => code !== undefined));
  return [...codes].map((code) => {
    const action = new vscode.CodeAction(`Explain ${code}`, vscode.CodeActionKind.QuickFix);
    action.command = { title: action.title, command: 'xks.explain', arguments: [code] };
    action.diagnostics = diagnostics.filter((one) => codeOf(one) === code);
    return action;
  });
}

/** The code of a finding that is ours. */
function codeOf({ source, code }: vscode.Diagnostic): string | undefined {
  const value = typeof code === 'object' ? code.value : code;
  return source === 'xks' && typeof value === 'string' ? value : undefined;
}

/** Shows the page of a code: the one given, that of the finding at the cursor, or the one chosen from the list. */
export async function showExplanation(context: vscode.ExtensionContext, given?: string): Promise<void> {
  const code = given ?? codeAtCursor() ?? (await chosen(context));
  if (code) {
    const page = vscode.Uri.from({ scheme: SCHEME, path: `/${code}.md` });
    await vscode.commands.executeCommand('markdown.showPreviewToSide', page);
  }
}

function codeAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== 'xks') {
    return undefined;
  }
  const found = vscode.languages.getDiagnostics(editor.document.uri);
  return found
    .filter(({ range }) => range.contains(editor.selection.active))
    .map(codeOf)
    .find(Boolean);
}

async function chosen(context: vscode.ExtensionContext): Promise<string | undefined> {
  const compiler = await findCompiler(context);
  if ('missing' in compiler) {
    await reportMissing(compiler, 'xks.cli.path');
    return undefined;
  }
  const { stdout } = await run(compiler.path, ['explain', '--color', 'never']);
  const items = stdout.split('\n').flatMap((line) => {
    const [, label, level, summary] = /^(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
    return label && level && summary ? [{ label, description: level, detail: summary }] : [];
  });
  const item = await vscode.window.showQuickPick(items, { placeHolder: 'A code to explain', matchOnDetail: true });
  return item?.label;
}
