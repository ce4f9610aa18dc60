// `xks init`: a small workspace to start from.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Program } from './programs';

const run = promisify(execFile);

/** Writes a workspace into the open folder, or into one that is chosen and then opened. */
export async function startWorkspace(compiler: Program): Promise<void> {
  const open = vscode.workspace.workspaceFolders?.[0]?.uri;
  const folder = open ?? (await chosen());
  if (!folder) {
    return;
  }
  const platform = vscode.Uri.joinPath(folder, 'platform.xks');
  if (await exists(platform)) {
    await reportTaken(platform);
    return;
  }
  try {
    await run(compiler.path, ['init', folder.fsPath]);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    void vscode.window.showErrorMessage(`xks: no workspace was written. ${said || String(error)}`);
    return;
  }
  if (open) {
    await vscode.window.showTextDocument(vscode.Uri.joinPath(open, 'tenants', 'shop.xks'));
  } else {
    await vscode.commands.executeCommand('vscode.openFolder', folder);
  }
}

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}

/** Says that there is a workspace already, and offers to show it. */
async function reportTaken(platform: vscode.Uri): Promise<void> {
  const open = 'Open platform.xks';
  const text = 'xks: this folder has a platform.xks already, so that it is a workspace.';
  const answer = await vscode.window.showInformationMessage(text, open);
  if (answer === open) {
    await vscode.window.showTextDocument(platform);
  }
}

async function chosen(): Promise<vscode.Uri | undefined> {
  const found = await vscode.window.showOpenDialog({
    title: 'A folder for the workspace',
    openLabel: 'Start Here',
    canSelectFiles: false,
    canSelectFolders: true,
  });
  return found?.[0];
}
