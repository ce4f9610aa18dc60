// The steps of the walkthrough that are done by themselves: the server runs, a source is there.

import * as vscode from 'vscode';
import type { Server } from './server';

/** Ticks them off as soon as they are done. */
export function followSteps(context: vscode.ExtensionContext, server: Server): vscode.Disposable {
  const done = new Set<string>();
  const tick = (step: string) => {
    if (!done.has(step)) {
      done.add(step);
      void vscode.commands.executeCommand('setContext', `xks.walkthrough.${step}`, true);
      // VS Code takes no notice of a key that was set before it had read the walkthrough, and stores a step that is marked so;
      // if it does not know the step yet, it says that as well.
      const id = `${context.extension.id}#start#${step}`;
      vscode.commands.executeCommand('welcome.markStepComplete', id).then(undefined, () => {});
    }
  };
  const look = async () => {
    if (server.condition.kind === 'running') {
      tick('server');
    }
    if (!done.has('workspace') && (await vscode.workspace.findFiles('**/*.xks', undefined, 1)).length) {
      tick('workspace');
    }
  };
  void look();
  const sources = vscode.workspace.createFileSystemWatcher('**/*.xks', false, true, true);
  return vscode.Disposable.from(sources, sources.onDidCreate(look), server.onDidChange(look));
}
