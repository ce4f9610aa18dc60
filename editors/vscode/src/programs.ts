// Where the language server and the compiler are: a setting, the extension's own folder, the PATH.

import { access, constants, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';

/** A program, and why this one. */
export interface Program {
  readonly path: string;
  readonly origin: 'setting' | 'bundled' | 'beside the server' | 'PATH';
}

/** What was looked for in vain, in words for the user. */
export interface Missing {
  readonly missing: string;
}

/** Finds the language server. */
export function findServer(context: vscode.ExtensionContext): Promise<Program | Missing> {
  return find('xks-lsp', 'xks.server.path', [[context.asAbsolutePath('server'), 'bundled']]);
}

/** Finds the compiler, which also stands beside the language server where both are installed together. */
export async function findCompiler(context: vscode.ExtensionContext): Promise<Program | Missing> {
  const server = await findServer(context);
  const folders: [string, Program['origin']][] = [[context.asAbsolutePath('server'), 'bundled']];
  if ('path' in server) {
    folders.push([dirname(server.path), 'beside the server']);
  }
  return find('xks', 'xks.cli.path', folders);
}

async function find(name: string, setting: string, folders: [string, Program['origin']][]): Promise<Program | Missing> {
  const wanted = vscode.workspace.getConfiguration().get<string>(setting, '').trim();
  if (wanted) {
    const path = expanded(wanted);
    return (await isProgram(path))
      ? { path, origin: 'setting' }
      : { missing: `The setting "${setting}" names ${path}, which is no program.` };
  }
  const what = name === 'xks' ? 'The compiler' : 'The language server';
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const places: [string, Program['origin']][] = [
    ...folders,
    ...onPath.map((folder) => [folder, 'PATH'] as [string, 'PATH']),
  ];
  for (const [folder, origin] of places) {
    const path = join(folder, file);
    if (await isProgram(path)) {
      return { path, origin };
    }
  }
  return { missing: `${what} ${name} was not found: not in the extension, and not on the PATH.` };
}

/** A setting may start with `~` or `${workspaceFolder}`. */
function expanded(path: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const home = path.replace(/^~(?=[/\\]|$)/, homedir());
  return folder ? home.replaceAll('${workspaceFolder}', folder) : home;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Says that a program is missing, and offers ways out. */
export async function reportMissing(problem: Missing, setting: 'xks.server.path' | 'xks.cli.path'): Promise<void> {
  const choose = 'Choose Program…';
  const settings = 'Open Setting';
  const help = 'How to Install';
  const answer = await vscode.window.showErrorMessage(problem.missing, choose, settings, help);
  if (answer === choose) {
    await chooseProgram(setting);
  } else if (answer === settings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', setting);
  } else if (answer === help) {
    await vscode.commands.executeCommand('xks.openWalkthrough');
  }
}

/** Asks for a program and keeps it in the setting. */
export async function chooseProgram(setting: 'xks.server.path' | 'xks.cli.path'): Promise<void> {
  const title = setting === 'xks.server.path' ? 'The language server, xks-lsp' : 'The compiler, xks';
  const chosen = await vscode.window.showOpenDialog({ title, openLabel: 'Use This Program' });
  if (chosen?.[0]) {
    await vscode.workspace.getConfiguration().update(setting, chosen[0].fsPath, vscode.ConfigurationTarget.Global);
  }
}
