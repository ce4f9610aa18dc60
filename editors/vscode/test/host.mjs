// Runs the tests of `host/` inside the extension host of a real VS Code, with the extension from its folder.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sleep, start } from './workbench.mjs';

const extension = fileURLToPath(new URL('..', import.meta.url));
const vscode = await start({
  folder: join(extension, '../../examples/shop'),
  machine: { 'xks.server.path': process.env.XKS_LSP, 'xks.cli.path': process.env.XKS },
  payload: (uri) => [
    ['extensionDevelopmentPath', uri(extension)],
    ['extensionTestsPath', uri(join(extension, 'test/host/index.cjs'))],
    ['skipWelcome', 'true'],
  ],
});
let failed = true;
try {
  const exit = new Promise((resolve) => void vscode.page.exposeFunction('codeAutomationExit', resolve));
  await vscode.page.exposeFunction('codeAutomationLog', (level, parts) => {
    const line = parts.join(' ').replace(/%c|\s*background: \S+|\s*color: \S+/g, '');
    if (line.includes('[test] ')) {
      console.log(line.slice(line.indexOf('[test] ') + '[test] '.length));
    } else if (process.env.XKS_VERBOSE && level === 'error') {
      console.log(line);
    }
  });
  await vscode.page.goto(vscode.url);
  const code = await Promise.race([exit, sleep(300_000).then(() => 'no answer within 300 s')]);
  failed = code !== 0;
  if (failed) {
    console.log(`extension host: ${code}`);
  }
  if (vscode.outside.size) {
    failed = true;
    console.log(`FAIL other hosts were asked: ${[...vscode.outside].join(', ')}`);
  }
} finally {
  await vscode.stop();
}
process.exit(failed ? 1 : 0);
