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
  try {
    await run(compiler.path, ['init', folder.fsPath]);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    void vscode.window.showErrorMessage(`xks: ${said || String(error)}`);
    return;
  }
  if (open) {
    await vscode.window.showTextDocument(vscode.Uri.joinPath(open, 'tenants', 'shop.xks'));
  } else {
    await vscode.commands.executeCommand('vscode.openFolder', folder);
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
