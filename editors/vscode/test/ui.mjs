// What a person sees: the packaged extension in a real VS Code, from the first squiggle to the graph.
// usage: node ui.mjs PACKAGE PACKAGE_WITH_PROGRAMS PICTURES
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, until } from './workbench.mjs';

const [bare, complete, pictures] = process.argv.slice(2).map((path) => resolve(path));
const shop = fileURLToPath(new URL('../../../examples/shop', import.meta.url));
const look = {
  'editor.fontSize': 14,
  'editor.minimap.enabled': false,
  'explorer.compactFolders': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.layoutControl.enabled': false,
};
mkdirSync(pictures, { recursive: true });
let passed = 0;
let failed = 0;

/** A window with the extension, and what a test does in it. */
async function session(options, run) {
  const vscode = await start({ folder: shop, settings: look, viewport: { width: 1280, height: 800 }, ...options });
  const { page } = vscode;
  const started = Date.now();
  const step = async (name, act) => {
    try {
      await act();
      passed += 1;
      console.log(`ok   ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}: ${error.message.split('\n')[0]}`);
      await page.screenshot({ path: join(pictures, `failed-${name.replaceAll(/\W+/g, '-')}.png`) });
    }
  };
  const picture = (name) => page.screenshot({ path: join(pictures, `${name}.png`) });
  try {
    await page.goto(vscode.url);
    await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
    await run({ page, step, picture, ...hands(page) });
    await step('no other host is asked', async () => {
      if (vscode.outside.size) {
        throw new Error([...vscode.outside].join(', '));
      }
    });
  } finally {
    await vscode.stop();
  }
}

/** What a person does. An editor answers when it pleases, so that each act is tried until it has had its effect. */
function hands(page) {
  const press = (keys) => page.keyboard.press(keys);
  const type = (text) => page.keyboard.type(text, { delay: 15 });
  /** Opens something by the quick input: a file, or with `>` a command. */
  const quick = (text, done) =>
    until(`effect of ${text}`, async () => {
      await press('Escape');
      await press('F1');
      const input = page.locator('.quick-input-widget input[type=text]').first();
      await input.fill(text, { timeout: 2000 });
      await page.locator('.quick-input-list .monaco-list-row').first().waitFor({ timeout: 3000 });
      await page.waitForTimeout(300);
      await press('Enter');
      return done();
    });
  const command = (title, done) => quick(`>${title}`, done);
  const open = (name) =>
    quick(name, () => page.waitForSelector(`.tab.active[data-resource-name="${name}"]`, { timeout: 3000 }));
  /** Goes to a line and column of the file that is open. */
  const goTo = (line, column) =>
    quick(`:${line}:${column}`, async () => {
      await until(
        'the cursor there',
        () => page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).count(),
        3000,
      );
      return true;
    });
  /** The piece of a line that has these words, in the editor that is active. */
  const words = (text) =>
    page.locator('.editor-group-container.active .view-line span span', { hasText: text }).first();
  /** Takes the pointer off everything. */
  const away = () => page.mouse.move(900, 20);
  return { press, type, command, open, goTo, words, away };
}

const lineOf = async (page, text) => {
  const line = page.locator('.editor-group-container.active .view-line', { hasText: text }).first();
  const top = (element) => Number.parseFloat(element.style.top);
  const numbers = page.locator('.editor-group-container.active .line-numbers');
  const at = await line.evaluate(top);
  for (const number of await numbers.all()) {
    if ((await number.evaluate((element) => Number.parseFloat(element.parentElement.style.top))) === at) {
      return Number(await number.textContent());
    }
  }
  throw new Error(`no line with ${text}`);
};

await session(
  { packages: [complete] },
  async ({ page, step, picture, press, type, command, open, goTo, words, away }) => {
    await step('a file has colours and the server runs', async () => {
      await open('payments.xks');
      await until(
        'coloured words',
        async () =>
          new Set(
            await page
              .locator('.view-line span span')
              .evaluateAll((all) => all.map((one) => getComputedStyle(one).color)),
          ).size > 5,
      );
      await page.locator('.statusbar-item[id="xks.xks.xks.status"] .codicon-check').waitFor();
    });

    await step('what one tenant takes away is underlined in another', async () => {
      await goTo(await lineOf(page, 'export api:http to orders'), 1);
      await press('Control+Shift+K');
      await command('View: Show Problems', () =>
        page.waitForSelector('.markers-panel >> text=not-exported', { timeout: 5000 }),
      );
      await away();
      await picture('problems');
      await open('orders.xks');
      await page.waitForSelector('.editor-group-container.active .squiggly-error');
    });

    await step('the quick fix mends the other tenant', async () => {
      await press('Control+J');
      const line = await lineOf(page, 'payments/api:http');
      await until('the fix', async () => {
        await goTo(line, 40);
        await press('Control+.');
        await page.locator('.action-widget', { hasText: 'export api:http to orders' }).waitFor({ timeout: 3000 });
        return true;
      });
      await picture('quick-fix');
      await page.locator('.action-widget .monaco-list-row', { hasText: 'export api:http to orders' }).first().click();
      await page.waitForSelector('.editor-group-container.active .squiggly-error', { state: 'detached' });
      await open('payments.xks');
      await page
        .locator('.editor-group-container.active .view-line', { hasText: 'export api:http to orders' })
        .waitFor();
    });

    await step('hover', async () => {
      await open('catalog.xks');
      await until('hover', async () => {
        await away();
        await words('expose').hover({ timeout: 2000 });
        return page.waitForSelector('.monaco-hover:visible >> text=Ingress', { timeout: 3000 });
      });
      await picture('hover');
      await away();
    });

    await step('completion', async () => {
      await open('shop-frontend.xks');
      await press('Control+End');
      await type('allow web -> catalog/');
      await page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'readers' }).waitFor();
      await picture('completion');
      await press('Escape');
      await command('File: Revert File', async () => true);
    });

    await step('rename', async () => {
      await until(
        'the new name in the other file',
        async () => {
          await open('shop-frontend.xks');
          await goTo(await lineOf(page, 'app web, bff'), 11);
          await press('F2');
          await page.locator('.rename-box input').waitFor({ timeout: 3000 });
          await page.keyboard.type('gateway');
          await picture('rename');
          await press('Enter');
          await page.locator('.view-line', { hasText: 'app web, gateway' }).waitFor({ timeout: 5000 });
          await open('orders.xks');
          return page
            .locator('.editor-group-container.active .view-line', { hasText: 'shop-frontend/gateway' })
            .waitFor({ timeout: 5000 })
            .then(() => true);
        },
        60_000,
      );
    });

    await step('preview', async () => {
      await open('catalog.xks');
      await until('preview', async () => {
        const lens = page.locator('.codelens-decoration a', { hasText: 'object' }).first();
        await lens.hover({ timeout: 3000 });
        await page.waitForTimeout(300);
        // A click without a pause is lost while lenses are drawn again.
        await lens.click({ delay: 60, timeout: 3000 });
        return page.waitForSelector('.tab >> text=catalog.xks.yaml', { timeout: 5000 });
      });
      await page.locator('.view-line', { hasText: 'kind:' }).first().waitFor();
      await away();
      await picture('preview');
    });

    await step('graph', async () => {
      await open('payments.xks');
      await command('xks: Open Graph', () => page.waitForSelector('iframe.webview.ready', { timeout: 10_000 }));
      const outer = await (await page.waitForSelector('iframe.webview.ready')).contentFrame();
      const inner = await (await outer.waitForSelector('iframe#active-frame', { state: 'attached' })).contentFrame();
      await inner.waitForSelector('svg');
      await page.waitForTimeout(500);
      await picture('graph');
    });

    await step('walkthrough', async () => {
      await command('xks: Get Started', () =>
        page
          .locator('.gettingStarted', { hasText: 'Get Started with xks' })
          .waitFor({ timeout: 5000 })
          .then(() => true),
      );
      await picture('walkthrough');
    });
  },
);

await session({ packages: [bare] }, async ({ page, step, picture, open }) => {
  await step('without a server there are colours, and a message that says what to do', async () => {
    await open('catalog.xks');
    await page.locator('.notification-toast', { hasText: 'xks-lsp was not found' }).waitFor();
    await page.locator('.notification-toast', { hasText: 'How to Install' }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'xks: no server' }).waitFor();
    await picture('no-server');
  });
});

console.log(`${passed} of ${passed + failed} steps in the window passed`);
process.exit(failed ? 1 : 0);
