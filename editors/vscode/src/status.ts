// The status bar item: whether the server is there, and how many errors there are.

import * as vscode from 'vscode';
import type { Condition, Server } from './server';

/** Shows the item from now on. */
export function showStatus(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('xks.status', vscode.StatusBarAlignment.Left);
  item.name = 'xks';
  const refresh = () => draw(item, server.condition);
  refresh();
  item.show();
  return vscode.Disposable.from(item, server.onDidChange(refresh), vscode.languages.onDidChangeDiagnostics(refresh));
}

function draw(item: vscode.StatusBarItem, condition: Condition): void {
  const look = lookOf(condition);
  item.text = `$(${look.icon}) ${look.text}`;
  item.command = look.command;
  item.backgroundColor = look.colour ? new vscode.ThemeColor(`statusBarItem.${look.colour}Background`) : undefined;
  item.accessibilityInformation = { label: `xks: ${look.says}` };
  const links = [
    '[Restart Server](command:xks.restartServer)',
    '[Show Output](command:xks.showOutput)',
    '[Open Graph](command:xks.openGraph)',
  ];
  const tooltip = new vscode.MarkdownString('', true);
  tooltip.isTrusted = { enabledCommands: ['xks.restartServer', 'xks.showOutput', 'xks.openGraph'] };
  tooltip.appendText(look.says);
  if ('program' in condition) {
    tooltip.appendMarkdown('\n\n').appendText(`${condition.program.path} (${condition.program.origin})`);
  }
  tooltip.appendMarkdown(`\n\n---\n\n${links.join(' · ')}`);
  item.tooltip = tooltip;
}

interface Look {
  readonly icon: string;
  readonly text: string;
  readonly says: string;
  readonly command: string;
  readonly colour?: 'warning' | 'error';
}

function lookOf(condition: Condition): Look {
  switch (condition.kind) {
    case 'missing':
      return {
        icon: 'error',
        text: 'xks: no server',
        says: condition.reason,
        command: 'xks.chooseServer',
        colour: 'error',
      };
    case 'stopped': {
      const says = condition.reason ? `The server did not start: ${condition.reason}` : 'The server is not running';
      return { icon: 'circle-slash', text: 'xks: stopped', says, command: 'xks.restartServer', colour: 'warning' };
    }
    case 'starting':
      return { icon: 'loading~spin', text: 'xks', says: 'The server is starting', command: 'xks.showOutput' };
    case 'running':
      return running(condition);
  }
}

function running({ status, version }: Extract<Condition, { kind: 'running' }>): Look {
  const problems = 'workbench.actions.view.problems';
  if (status.quiescent === false) {
    return {
      icon: 'loading~spin',
      text: 'xks',
      says: status.message ?? 'The server is reading',
      command: 'xks.showOutput',
    };
  }
  const { errors, warnings } = counts();
  const parts = [errors && plural(errors, 'error'), warnings && plural(warnings, 'warning')].filter(
    (part) => part !== 0,
  );
  const found = parts.join(', ') || 'nothing to report';
  const says = [`Server ${version ?? ''} is running`.replace('  ', ' '), found, status.message]
    .filter(Boolean)
    .join(': ');
  if (status.health !== 'ok') {
    const icon = status.health === 'error' ? 'error' : 'warning';
    return { icon, text: 'xks', says: status.message ?? says, command: 'xks.showOutput', colour: status.health };
  }
  return { icon: errors ? 'error' : 'check', text: parts.length ? `xks: ${found}` : 'xks', says, command: problems };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function counts(): { errors: number; warnings: number } {
  // Whatever file they are about: the server's findings say that they are.
  const all = vscode.languages.getDiagnostics().flatMap(([, found]) => found.filter(({ source }) => source === 'xks'));
  const of = (severity: vscode.DiagnosticSeverity) => all.filter((one) => one.severity === severity).length;
  return { errors: of(vscode.DiagnosticSeverity.Error), warnings: of(vscode.DiagnosticSeverity.Warning) };
}
