// The extension: it starts the language server, and puts commands, the status bar, the preview, the graph and tasks around it.

import * as vscode from 'vscode';
import type { Location, Position, Range } from 'vscode-languageclient/node';
import { provideExplanations, showExplanation } from './explain';
import { Graph } from './graph';
import { startWorkspace } from './init';
import { Preview } from './preview';
import { chooseProgram, findCompiler, type Program, reportMissing } from './programs';
import { Server } from './server';
import { provideSnippets } from './snippets';
import { showStatus } from './status';
import { provideTasks, runTask } from './tasks';
import { followSteps } from './walkthrough';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('xks', { log: true });
  const server = new Server(context, output);
  const preview = new Preview(server);
  const graph = new Graph(server);
  context.subscriptions.push(
    output,
    server,
    preview,
    graph,
    showStatus(server),
    followSteps(context, server),
    provideTasks(context, server),
    provideExplanations(),
    await provideSnippets(context, server),
    ...commands(context, output, server, preview, graph),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('xks.server')) {
        void server.restart();
      } else if (change.affectsConfiguration('xks')) {
        void server.configure();
      }
    }),
  );
  await server.restart();
}

function commands(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
  server: Server,
  preview: Preview,
  graph: Graph,
): vscode.Disposable[] {
  const { registerCommand } = vscode.commands;
  return [
    registerCommand('xks.restartServer', () => server.restart()),
    registerCommand('xks.showOutput', () => output.show()),
    registerCommand('xks.chooseServer', () => chooseProgram('xks.server.path')),
    registerCommand('xks.openWalkthrough', () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`),
    ),
    registerCommand('xks.openPreview', async (source?: vscode.Uri | string, lines?: Range) => {
      const uri =
        typeof source === 'string' ? vscode.Uri.parse(source, true) : (source ?? activeSource()?.document.uri);
      if (uri) {
        await preview.open(uri, lines && new vscode.Range(lines.start.line, 0, lines.end.line, 0));
      }
    }),
    registerCommand('xks.openStatementPreview', async () => {
      const editor = activeSource();
      if (editor) {
        await preview.open(editor.document.uri, editor.selection);
      }
    }),
    registerCommand('xks.openGraph', async (tenant?: unknown) => {
      // A menu passes the file that it was opened on.
      await graph.open(typeof tenant === 'string' ? tenant : undefined);
    }),
    registerCommand('xks.chooseGraphEnvironment', () => graph.chooseEnvironment()),
    registerCommand('xks.showReferences', async (uri: string, position: Position, locations: Location[]) => {
      const converter = server.client?.protocol2CodeConverter;
      if (converter) {
        const places = locations.map(converter.asLocation);
        const at = converter.asPosition(position);
        await vscode.commands.executeCommand('editor.action.showReferences', vscode.Uri.parse(uri, true), at, places);
      }
    }),
    registerCommand('xks.init', () => withCompiler(context, startWorkspace)),
    registerCommand('xks.check', () => withCompiler(context, (compiler) => runTask(compiler, 'check', server))),
    registerCommand('xks.build', () => withCompiler(context, (compiler) => runTask(compiler, 'build', server))),
    registerCommand('xks.explain', (code?: unknown) =>
      showExplanation(context, typeof code === 'string' ? code : undefined),
    ),
  ];
}

async function withCompiler(
  context: vscode.ExtensionContext,
  run: (compiler: Program) => Promise<void>,
): Promise<void> {
  const compiler = await findCompiler(context);
  await ('missing' in compiler ? reportMissing(compiler, 'xks.cli.path') : run(compiler));
}

/** The editor with the source that a command is about. */
function activeSource(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId === 'xks') {
    return editor;
  }
  void vscode.window.showInformationMessage('xks: open an .xks file first.');
  return undefined;
}
