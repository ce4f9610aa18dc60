// Tasks that run the compiler: `xks check`, `xks build` and `xks fmt`.

import * as vscode from 'vscode';
import { findCompiler, type Program } from './programs';
import { Run } from './run';
import type { Server } from './server';

const TYPE = 'xks';

/** What a task of `tasks.json` says. */
interface Definition extends vscode.TaskDefinition {
  readonly command: string;
  readonly args?: string[];
}

const GROUPS = { check: vscode.TaskGroup.Test, build: vscode.TaskGroup.Build, fmt: undefined };

/** Offers the tasks. */
export function provideTasks(context: vscode.ExtensionContext, server: Server): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TYPE, {
    provideTasks: async () => {
      const compiler = await findCompiler(context);
      if ('missing' in compiler) {
        return [];
      }
      const offered = (folder: vscode.WorkspaceFolder) =>
        Object.entries(GROUPS).map(([command, group]) => {
          const made = task(compiler, folder, { type: TYPE, command }, matchers(server));
          if (group) {
            made.group = group;
          }
          return made;
        });
      return (vscode.workspace.workspaceFolders ?? []).flatMap(offered);
    },
    resolveTask: async ({ scope, definition }) => {
      const compiler = await findCompiler(context);
      const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
      if ('missing' in compiler || !folder) {
        return undefined;
      }
      return task(compiler, folder, definition as Definition, matchers(server));
    },
  });
}

/** Runs a command of the compiler as a task in the folder of the file that is open. */
export async function runTask(compiler: Program, command: 'check' | 'build', server: Server): Promise<void> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const folder = (active && vscode.workspace.getWorkspaceFolder(active)) ?? vscode.workspace.workspaceFolders?.[0];
  if (!folder) {
    void vscode.window.showErrorMessage('xks: open the folder that holds the .xks files first.');
    return;
  }
  await vscode.workspace.saveAll(false);
  await vscode.tasks.executeTask(task(compiler, folder, { type: TYPE, command }, matchers(server)));
}

/** While the server runs, it reports what the compiler would, and at once. */
function matchers(server: Server): string[] {
  return server.client ? [] : ['$xks'];
}

function task(
  compiler: Program,
  folder: vscode.WorkspaceFolder,
  definition: Definition,
  problemMatchers: string[],
): vscode.Task {
  const args = [definition.command, ...(definition.args ?? [])];
  // Without a path, the files in the report are named from the folder, as the problem matcher reads them.
  const execution = new vscode.CustomExecution(async (resolved) => {
    const { command, args = [] } = resolved as Definition;
    return new Run(compiler.path, [command, ...args], folder.uri.fsPath);
  });
  const made = new vscode.Task(definition, folder, args.join(' '), TYPE, execution, problemMatchers);
  made.presentationOptions = { clear: true, showReuseMessage: false };
  return made;
}
