// The page of a code, as `xks explain` prints it, shown as rendered text.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { findCompiler, type Program, reportMissing } from './programs';

const SCHEME = 'xks-explain';
const run = promisify(execFile);

/** Offers the pages as documents, and each finding's page as a code action. */
export function provideExplanations(context: vscode.ExtensionContext): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: async (uri) => {
        const compiler = await findCompiler(context);
        return 'missing' in compiler ? compiler.missing : explain(compiler, uri.path.slice(1, -'.md'.length));
      },
    }),
    vscode.languages.registerCodeActionsProvider(
      { language: 'xks' },
      { provideCodeActions: (_document, _range, { diagnostics }) => actions(diagnostics) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
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
  const compiler = await findCompiler(context);
  if ('missing' in compiler) {
    await reportMissing(compiler, 'xks.cli.path');
    return;
  }
  const code = given ?? codeAtCursor() ?? (await chosen(compiler));
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

async function chosen(compiler: Program): Promise<string | undefined> {
  const lines = (await explain(compiler)).split('\n');
  const items = lines.flatMap((line) => {
    const [, label, level, summary] = /^(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
    return label && level && summary ? [{ label, description: level, detail: summary }] : [];
  });
  const item = await vscode.window.showQuickPick(items, { placeHolder: 'A code to explain', matchOnDetail: true });
  return item?.label;
}

async function explain(compiler: Program, code?: string): Promise<string> {
  try {
    const { stdout } = await run(compiler.path, ['explain', '--color', 'never', ...(code ? [code] : [])]);
    return stdout;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
