// What a person sees: the packaged extension in a real VS Code, from the first squiggle to the graph.
// usage: node ui.mjs PACKAGE PACKAGE_WITH_PROGRAMS PICTURES
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, until } from './workbench.mjs';

const [bare, complete, pictures] = process.argv.slice(2).map((path) => resolve(path));
const shop = fileURLToPath(new URL('../../../examples/shop', import.meta.url));
const look = {
  'breadcrumbs.enabled': false,
  'editor.fontSize': 14,
  'editor.minimap.enabled': false,
  'explorer.compactFolders': false,
  'files.defaultLanguage': 'xks',
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.activityBar.location': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.layoutControl.enabled': false,
};
const viewport = { width: 1280, height: 720 };
// Pictures that are kept are for screens of any resolution.
const scale = process.env.XKS_PICTURES ? 2 : 1;
mkdirSync(pictures, { recursive: true });
let passed = 0;
let failed = 0;

/** A window with the extension, and what a test does in it. */
async function session(options, run) {
  const vscode = await start({ folder: shop, settings: look, viewport, scale, ...options });
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
      // What is left of it may not be a file.
      await hands(page)
        .revert()
        .catch(() => {});
    }
  };
  /** Keeps what the window shows, without its side bar and below its title, or a part of that. */
  const picture = async (name, { width, height } = {}) => {
    const { x, y, ...size } = await page.locator('.part.editor').boundingBox();
    const clip = {
      x,
      y,
      width: Math.min(width ?? size.width, size.width),
      height: Math.min(height ?? size.height, size.height),
    };
    await page.screenshot({ path: join(pictures, `${name}.png`), clip });
  };
  try {
    await page.goto(vscode.url);
    await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
    const file = (path) => join(vscode.workspace, path);
    const setting = (settings) => {
      mkdirSync(file('.vscode'), { recursive: true });
      writeFileSync(file('.vscode/settings.json'), JSON.stringify(settings));
    };
    await run({ page, step, picture, file, setting, ...hands(page) });
    await step('no other host is asked', async () => {
      if (vscode.outside.size) {
        throw new Error([...vscode.outside].join(', '));
      }
    });
  } finally {
    await vscode.stop();
  }
}

/** The place of some words in a file of the example as it is shipped: its line and column, from one. */
function place(path, words, offset = 0) {
  const text = readFileSync(join(shop, path), 'utf8');
  const at = text.indexOf(words);
  if (at < 0) {
    throw new Error(`${path} does not have \`${words}\``);
  }
  const before = text.slice(0, at + offset).split('\n');
  return [before.length, before.at(-1).length + 1];
}

/** The end of such a file. */
function endOf(path) {
  return [readFileSync(join(shop, path), 'utf8').split('\n').length, 1];
}

/** What a person does. An editor answers when it pleases, so that each act is tried until it has had its effect. */
function hands(page) {
  const group = '.editor-group-container.active';
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
  const active = (name) =>
    page.waitForSelector(`${group} .tab.active[data-resource-name="${name}"]`, { timeout: 3000 });
  const open = (name) => quick(name, () => active(name));
  const cursorAt = (line) => page.locator('.statusbar-item', { hasText: `Ln ${line}, Col` }).waitFor({ timeout: 3000 });
  /** Goes to a line and column of the file that is open. */
  const goTo = ([line, column]) =>
    quick(`:${line}:${column}`, async () => {
      await page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor({ timeout: 3000 });
      await page.waitForSelector(`${group} .monaco-editor.focused`, { timeout: 3000 });
      return true;
    });
  /** The line of the active editor that has these words, whatever hints stand between them. */
  const line = (words) => {
    const pattern = words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+|(?<=:\w+)/g, '.*');
    return page.locator(`${group} .view-line`, { hasText: new RegExp(pattern) }).first();
  };
  /** The piece of a line that has these words. */
  const words = (text) => page.locator(`${group} .view-line span span`, { hasText: text }).first();
  /** Takes the pointer off everything. */
  const away = () => page.mouse.move(900, 8);
  const revert = async () => {
    await press('Escape');
    await command('File: Revert File', () =>
      until('file as it was', async () => (await page.locator(`${group} .tab.active.dirty`).count()) === 0, 3000),
    );
  };
  const status = (text) => page.locator('.statusbar-item[id="xks.xks.xks.status"]', { hasText: text }).waitFor();
  /** The page that a webview shows. */
  const webview = async () => {
    const frame = page.locator('iframe.webview.ready').last();
    await frame.waitFor({ timeout: 10_000 });
    return frame.contentFrame().locator('iframe#active-frame').contentFrame();
  };
  return { press, type, command, active, open, cursorAt, goTo, line, words, away, revert, status, webview };
}

const [frontend, payments, orders] = ['tenants/shop-frontend.xks', 'tenants/payments.xks', 'tenants/orders/orders.xks'];

await session({ packages: [complete] }, async (window) => {
  const { page, step, picture, press, type, command, active, open, cursorAt } = window;
  const { goTo, line, words, away, revert, status, webview, file, setting } = window;

  await step('a file has colours, and the status bar says that the server runs', async () => {
    await open('payments.xks');
    const colours = (all) => new Set(all.map((one) => getComputedStyle(one).color)).size;
    await until('colours', async () => (await page.locator('.view-line span span').evaluateAll(colours)) > 5);
    await page.locator('.statusbar-item[id="xks.xks.xks.status"] .codicon-check').waitFor();
    await command('View: Toggle Primary Side Bar Visibility', () =>
      until('no side bar', async () => !(await page.locator('.part.sidebar').isVisible()), 3000),
    );
  });

  await step('the server says what a name is, and the number behind a port', async () => {
    await until('hint', () => line('ledger:grpc').filter({ hasText: 'ledger:grpc9000' }).count());
    await goTo(place(payments, 'ledger:grpc', 2));
    await command('Developer: Inspect Editor Tokens and Scopes', async () => {
      const inspected = page.locator('.token-inspect-widget', { hasText: 'semantic token type' });
      await inspected.filter({ hasText: 'entity.name.function.app' }).waitFor({ timeout: 5000 });
      return true;
    });
    await press('Escape');
  });

  await step('what one tenant takes away is underlined in another', async () => {
    await goTo(place(payments, 'export api:http to orders'));
    await press('Control+Shift+K');
    await command('View: Show Problems', () =>
      page.waitForSelector('.markers-panel >> text=not-exported', { timeout: 5000 }),
    );
    await page.locator('.markers-panel', { hasText: 'orders.xks' }).waitFor();
    await status('error');
    await open('orders.xks');
    await page.waitForSelector('.editor-group-container.active .squiggly-error');
    await command('View: Close Panel', () =>
      until('no panel', async () => !(await page.locator('.markers-panel').isVisible()), 3000),
    );
  });

  await step('the page of its code', async () => {
    await goTo(place(orders, 'payments/api:http', 3));
    await command('xks: Explain a Code', async () => {
      await (await webview()).locator('h1', { hasText: 'not-exported' }).waitFor({ timeout: 5000 });
      return true;
    });
    await command('View: Close All Editors in Group', async () => (await page.locator('iframe.webview').count()) === 0);
  });

  await step('the quick fix mends the other tenant', async () => {
    const fix = page.locator('.action-widget .monaco-list-row', { hasText: 'export api:http to orders' }).first();
    await open('orders.xks');
    await until('the fix', async () => {
      await goTo(place(orders, 'payments/api:http', 3));
      await press('Control+.');
      await fix.waitFor({ timeout: 3000 });
      return true;
    });
    await away();
    await picture('quick-fix', { height: 460 });
    await fix.click();
    await page.waitForSelector('.editor-group-container.active .squiggly-error', { state: 'detached' });
    await open('payments.xks');
    await line('export api:http to orders').waitFor();
    await revert();
    await page.locator('.statusbar-item[id="xks.xks.xks.status"] .codicon-check').waitFor();
  });

  await step('a hover shows the YAML', async () => {
    await open('catalog.xks');
    await page.locator('.codelens-decoration a', { hasText: 'api: reachable from 3 tenants' }).waitFor();
    await until('hover', async () => {
      await away();
      await words('expose').hover({ timeout: 2000 });
      return page.waitForSelector('.monaco-hover:visible >> text=kind', { timeout: 3000 });
    });
    await picture('hover', { height: 460 });
    await away();
  });

  await step('completion of a statement, once, with places to fill in', async () => {
    await open('shop-frontend.xks');
    await goTo(endOf(frontend));
    await type('exp');
    const labels = page.locator('.suggest-widget.visible .monaco-list-row .label-name');
    const statement = labels.filter({ hasText: /^expose$/ });
    await statement.waitFor();
    if ((await statement.count()) !== 1) {
      throw new Error(`expose is offered ${await statement.count()} times`);
    }
    await statement.click();
    await line('expose ')
      .filter({ hasText: /^expose.\S+.at/ })
      .last()
      .waitFor();
    await page.locator('.editor-group-container.active .snippet-placeholder').first().waitFor();
    await revert();
  });

  await step('completion of hosts, and of what another tenant exports', async () => {
    await goTo(endOf(frontend));
    await type('expose web at ');
    const row = (name) => page.locator('.suggest-widget.visible .monaco-list-row', { hasText: name }).first();
    await row('shop.example.com').filter({ hasText: 'a zone' }).waitFor();
    await revert();
    await goTo(endOf(frontend));
    await type('allow web -> catalog/');
    await row('readers').waitFor();
    await row('exported to this tenant').waitFor();
    const about = page.locator('.suggest-details', { hasText: 'Declared in' });
    await until('what is said about it', async () => {
      if (!(await about.isVisible())) {
        await press('Control+Space');
        await about.waitFor({ timeout: 2000 });
      }
      return true;
    });
    await picture('completion');
    await revert();
  });

  await step('a document is formatted', async () => {
    await goTo(endOf(frontend));
    await type('allow    web   ->    bff:http');
    await press('Escape');
    await command('Format Document', () =>
      line('allow web -> bff:http')
        .waitFor({ timeout: 3000 })
        .then(() => true),
    );
    const spaced = page.locator('.view-line', { hasText: /allow\s{2,}web/ });
    await until('no blanks too many', async () => (await spaced.count()) === 0);
    await revert();
  });

  await step('rename across files', async () => {
    await until(
      'the new name in the other file',
      async () => {
        await open('shop-frontend.xks');
        await goTo(place(frontend, 'app web, bff', 10));
        await press('F2');
        const input = page.locator('.rename-box input');
        await input.fill('gateway', { timeout: 3000 });
        await input.press('Enter');
        await line('app web, gateway').waitFor({ timeout: 5000 });
        await open('orders.xks');
        await press('Control+End');
        await line('expect shop-frontend/gateway').waitFor({ timeout: 5000 });
        return true;
      },
      60_000,
    );
    await revert();
    await open('shop-frontend.xks');
    await revert();
  });

  await step('a lens opens the preview beside, which changes while one types', async () => {
    await goTo(place(frontend, 'service web'));
    await until('preview', async () => {
      const lens = page.locator('.codelens-decoration a', { hasText: 'object' }).first();
      await lens.hover({ timeout: 3000 });
      await page.waitForTimeout(300);
      // A click without a pause is lost while lenses are drawn again.
      await lens.click({ delay: 60, timeout: 3000 });
      return page.waitForSelector('.tab >> text=shop-frontend.xks.yaml', { timeout: 5000 });
    });
    await command('xks: Open YAML Preview to the Side', () =>
      page
        .locator('.view-line', { hasText: /kind:.Service\b/ })
        .first()
        .waitFor({ timeout: 3000 })
        .then(() => true),
    );
    await goTo(place(frontend, 'service web port http 80', 24));
    await type('9');
    await page.locator('.view-line', { hasText: /port:.809\b/ }).waitFor();
    await press('Backspace');
    await goTo(place(frontend, 'expose bff'));
    await page.locator('.view-line', { hasText: 'allow-ingress-public-to-bff' }).first().waitFor();
    await away();
    await picture('preview');
    await revert();
  });

  await step('the definition of what the preview shows is its statement', async () => {
    await goTo(place(frontend, 'service web'));
    await until('the statement', async () => {
      await page
        .locator('.view-line', { hasText: /kind:.Service\b/ })
        .first()
        .click({ timeout: 3000 });
      await active('shop-frontend.xks.yaml');
      await press('F12');
      await active('shop-frontend.xks');
      await cursorAt(place(frontend, 'service web')[0]);
      return true;
    });
  });

  await step('the graph, and the way from it to the source', async () => {
    await command('View: Close All Editors', async () => (await page.locator('.tab').count()) === 0);
    await open('payments.xks');
    await command('xks: Open Graph', () => page.waitForSelector('iframe.webview.ready', { timeout: 10_000 }));
    const graph = await webview();
    await graph.locator('svg .node').first().waitFor();
    await graph.locator('svg .node', { hasText: 'ledger' }).first().click();
    const button = graph.locator('button.place').first();
    await button.waitFor();
    await picture('graph');
    const [, file, number] = /^(.+):(\d+)$/.exec(await button.textContent());
    await button.click();
    await active(basename(file));
    await cursorAt(number);
  });

  await step('the graph is in the colours of the theme', async () => {
    const body = (await webview()).locator('body');
    const rim = (await webview()).locator('.group > rect').first();
    const style = (all, name) => getComputedStyle(all[0])[name];
    const background = (locator) => locator.evaluateAll(style, 'backgroundColor');
    const editor = page.locator('.monaco-editor').first();
    const alike = async () => (await background(body)) === (await background(editor));
    await until('background of the editor', alike);
    setting({ 'workbench.colorTheme': 'Default High Contrast' });
    await until('black', async () => (await background(editor)) === 'rgb(0, 0, 0)' && alike());
    await until('border of the theme', async () => (await rim.evaluateAll(style, 'stroke')) === 'rgb(111, 195, 223)');
    await page.screenshot({ path: join(pictures, 'graph-high-contrast.png') });
    setting({});
    await until('background of the editor again', async () => (await background(editor)) !== 'rgb(0, 0, 0)' && alike());
  });

  await step('the graph follows what is typed, and files that come, change and go', async () => {
    const node = (name) => webview().then((graph) => graph.locator('svg .node', { hasText: name }));
    const there = (name) => until(`${name} in the graph`, async () => (await node(name)).count());
    const gone = (name) => until(`no ${name} in the graph`, async () => (await (await node(name)).count()) === 0);
    await open('payments.xks');
    await goTo(endOf(payments));
    await type('app typed port http 80\n');
    await press('Escape');
    await there('typed');
    await revert();
    await gone('typed');
    writeFileSync(file('tenants/late.xks'), 'tenant late\napp early port http 80\n');
    await there('early');
    writeFileSync(file('tenants/late.xks'), 'tenant late\napp later port http 80\n');
    await there('later');
    rmSync(file('tenants/late.xks'));
    await gone('later');
  });

  await step('the graph of another environment', async () => {
    const tab = (env) => page.locator('.tab', { hasText: `Graph in ${env}` });
    await tab('dev').click();
    await command("xks: Choose the Graph's Environment", () =>
      page
        .locator('.quick-input-list .monaco-list-row', { hasText: 'prod' })
        .click({ timeout: 3000 })
        .then(() => true),
    );
    await tab('prod').waitFor();
    await (await webview()).locator('#summary, svg', { hasText: 'prod' }).first().waitFor();
  });

  await step('a task says how it ended', async () => {
    await open('payments.xks');
    await goTo(place(payments, 'export api:http to orders'));
    await press('Control+Shift+K');
    await status('error');
    await command('xks: Check Workspace', () =>
      page
        .locator('.xterm-rows', { hasText: /terminated with\s+exit code: 1/ })
        .waitFor({ timeout: 10_000 })
        .then(() => true),
    );
    writeFileSync(file(payments), readFileSync(join(shop, payments)));
    await revert();
    await command('View: Close Panel', () =>
      until('no panel', async () => !(await page.locator('.part.panel').isVisible()), 3000),
    );
  });

  await step('what is not saved in a file counts in the status bar', async () => {
    await press('Control+Alt+N');
    await active('Untitled-1');
    await type('tenant draft\nallow nobody -> nothing\n');
    await status('1 warning');
    await press('Control+A');
    await press('Delete');
    await status(/^\s*xks$/);
    await command('View: Close Editor', () =>
      page.waitForSelector('.tab >> text=Untitled-1', { state: 'detached', timeout: 3000 }).then(() => true),
    );
  });

  await step('a workspace is not started where there is one', async () => {
    const toast = page.locator('.notification-toast', { hasText: 'this folder has a platform.xks already' });
    await command('xks: Start a Workspace', () => toast.waitFor({ timeout: 5000 }).then(() => true));
    await toast.locator('.monaco-button', { hasText: 'Open platform.xks' }).click();
    await active('platform.xks');
  });

  await step('walkthrough', async () => {
    await command('xks: Get Started', () =>
      page
        .locator('.gettingStarted', { hasText: 'Get Started with xks' })
        .waitFor({ timeout: 5000 })
        .then(() => true),
    );
    await page.locator('.gettingStarted .step-title', { hasText: 'Who reaches whom' }).first().waitFor();
    for (const title of ['The language server', 'A workspace']) {
      const done = page
        .locator('.gettingStarted .getting-started-step', { hasText: title })
        .locator('.codicon.complete');
      await done.first().waitFor();
    }
  });

  await step(
    'a setting that names no program is said once, and what needs the server says that it is not there',
    async () => {
      const toasts = page.locator('.notification-toast');
      await command('Notifications: Clear All Notifications', async () => (await toasts.count()) === 0);
      await open('payments.xks');
      setting({ 'xks.server.path': '/nowhere/xks-lsp' });
      await toasts.filter({ hasText: 'names /nowhere/xks-lsp, which is no program' }).waitFor();
      await page.locator('.statusbar-item', { hasText: 'xks: no server' }).waitFor();
      const said = await toasts.allTextContents();
      if (said.length !== 1) {
        throw new Error(said.join(' | '));
      }
      for (const title of ['xks: Open YAML Preview to the Side', 'xks: Open Graph']) {
        await command('Notifications: Clear All Notifications', async () => (await toasts.count()) === 0);
        const said = toasts.filter({ hasText: 'The language server is not running.' });
        await command(title, () => said.waitFor({ timeout: 5000 }).then(() => true));
        await said.locator('.monaco-button', { hasText: 'Choose Program…' }).waitFor();
      }
      if (await page.locator('.monaco-dialog-box').count()) {
        throw new Error(await page.locator('.monaco-dialog-box').textContent());
      }
    },
  );
});

await session({ packages: [bare] }, async ({ page, step, open }) => {
  await step('without a server there are colours, and a message that says what to do', async () => {
    await open('catalog.xks');
    await page.locator('.notification-toast', { hasText: 'xks-lsp was not found' }).waitFor();
    await page.locator('.notification-toast', { hasText: 'How to Install' }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'xks: no server' }).waitFor();
    const colours = (all) => new Set(all.map((one) => getComputedStyle(one).color)).size;
    await until('colours', async () => (await page.locator('.view-line span span').evaluateAll(colours)) > 4);
  });
});

console.log(`${passed} of ${passed + failed} steps in the window passed`);
process.exit(failed ? 1 : 0);
