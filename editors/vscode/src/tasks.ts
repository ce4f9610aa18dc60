// Tasks that run the compiler: `xks check`, `xks build` and `xks fmt`.

import * as vscode from 'vscode';
import { findCompiler, type Program } from './programs';

const TYPE = 'xks';

/** What a task of `tasks.json` says. */
interface Definition extends vscode.TaskDefinition {
  readonly command: string;
  readonly args?: string[];
}

const DEFAULTS: readonly { readonly command: string; readonly group?: vscode.TaskGroup }[] = [
  { command: 'check', group: vscode.TaskGroup.Test },
  { command: 'build', group: vscode.TaskGroup.Build },
  { command: 'fmt' },
];

/** Offers the tasks. */
export function provideTasks(context: vscode.ExtensionContext): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TYPE, {
    provideTasks: async () => {
      const compiler = await findCompiler(context);
      const folders = vscode.workspace.workspaceFolders ?? [];
      return 'missing' in compiler
        ? []
        : folders.flatMap((folder) =>
            DEFAULTS.map(({ command, group }) => task(compiler, folder, { type: TYPE, command }, group)),
          );
    },
    resolveTask: async (asked) => {
      const compiler = await findCompiler(context);
      const folder = typeof asked.scope === 'object' ? asked.scope : vscode.workspace.workspaceFolders?.[0];
      return 'missing' in compiler || !folder
        ? undefined
        : task(compiler, folder, asked.definition as Definition, asked.group);
    },
  });
}

/** Runs a command of the compiler as a task in the folder of the file that is open. */
export async function runTask(compiler: Program, command: 'check' | 'build'): Promise<void> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const folder = (active && vscode.workspace.getWorkspaceFolder(active)) ?? vscode.workspace.workspaceFolders?.[0];
  if (!folder) {
    void vscode.window.showErrorMessage('xks: open the folder that holds the .xks files first.');
    return;
  }
  await vscode.workspace.saveAll(false);
  await vscode.tasks.executeTask(task(compiler, folder, { type: TYPE, command }));
}

function task(
  compiler: Program,
  folder: vscode.WorkspaceFolder,
  definition: Definition,
  group?: vscode.TaskGroup,
): vscode.Task {
  const args = [definition.command, ...(definition.args ?? [])];
  // Without a path, the files in the report are named from the folder, as the problem matcher reads them.
  const execution = new vscode.ProcessExecution(compiler.path, args, { cwd: folder.uri.fsPath });
  const made = new vscode.Task(definition, folder, args.join(' '), TYPE, execution, '$xks');
  made.presentationOptions = { clear: true, showReuseMessage: false };
  if (group) {
    made.group = group;
  }
  return made;
}
