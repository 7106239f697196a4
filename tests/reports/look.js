// look.js MODULES OUT NAME=PAGE... - a browser's look at pages of reports
//
// Opens each page in headless Chromium at phone and desktop width, light and
// dark, leaves OUT/NAME-WIDTH-SCHEME.png, and holds against it: no violation
// that axe-core knows of, with everything unfolded; nothing on the console;
// nothing fetched but the page; nothing wider than the window; no script of the
// page's ran (window.ran, a dialog). Closes on "N passed, N failed".
'use strict';

const fs = require('fs');
const path = require('path');
const url = require('url');

const [modules, out, ...pages] = process.argv.slice(2);
const load = (name) => require(path.resolve(modules, name));
const puppeteer = load('puppeteer-core');
const axe = fs.readFileSync(path.resolve(modules, 'axe-core/axe.min.js'), 'utf8');

const WIDTHS = { phone: 390, desktop: 1280 };
const HEIGHT_MAX = 9000; // of a screenshot; a batch's table may be longer
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

let passed = 0;
let failed = 0;

function check(holds, what)
{
	if (holds) {
		passed++;
		return;
	}
	failed++;
	console.log(`  FAILED ${what}`);
}

// What the page did that it must not.
function watch(page, file)
{
	const seen = { said: [], fetched: [], dialogs: [] };

	page.on('console', (message) => seen.said.push(message.text()));
	page.on('pageerror', (error) => seen.said.push(String(error)));
	page.on('dialog', (dialog) => {
		seen.dialogs.push(dialog.message());
		void dialog.dismiss();
	});
	page.on('request', (request) => {
		if (request.url() !== file)
			seen.fetched.push(request.url());
	});
	return seen;
}

async function violations(page)
{
	await page.evaluate(() => {
		for (const details of document.querySelectorAll('details'))
			details.open = true;
	});
	await page.evaluate(axe);
	const result = await page.evaluate(() => axe.run(document, {
		runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
			  'best-practice'],
	}));
	return result.violations.map((violation) => `${violation.id}: ` +
		`${violation.help} (${violation.nodes.length}, as ` +
		`${violation.nodes[0].html.slice(0, 120)})`);
}

async function look(browser, name, file, width, scheme)
{
	const label = `${name}-${width}-${scheme}`;
	const page = await browser.newPage();
	const seen = watch(page, file);

	await page.emulateMediaFeatures([
		{ name: 'prefers-color-scheme', value: scheme },
	]);
	await page.setViewport({ width: WIDTHS[width], height: 900 });
	await page.goto(file, { waitUntil: 'load' });
	const size = await page.evaluate(() => ({
		width: document.documentElement.scrollWidth,
		height: document.documentElement.scrollHeight,
		ran: 'ran' in window,
		sheets: document.styleSheets.length,
		background: getComputedStyle(document.body).backgroundColor,
	}));
	await page.screenshot({
		path: path.join(out, `${label}.png`),
		clip: { x: 0, y: 0, width: WIDTHS[width],
			height: Math.min(size.height, HEIGHT_MAX) },
		captureBeyondViewport: true,
	});
	check(size.width <= WIDTHS[width],
	      `${label}: is ${size.width} pixels wide`);
	check(size.background !== 'rgba(0, 0, 0, 0)',
	      `${label}: its style does not apply`);
	const found = await violations(page);
	check(found.length === 0, `${label}: ${found.join('\n         ')}`);
	check(seen.said.length === 0, `${label}: console: ${seen.said[0]}`);
	check(seen.fetched.length === 0, `${label}: fetches ${seen.fetched[0]}`);
	check(!size.ran && seen.dialogs.length === 0,
	      `${label}: a script of its ran`);
	await page.close();
}

async function main()
{
	const browser = await puppeteer.launch({
		executablePath: BROWSERS.find((name) => fs.existsSync(name)),
		args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars',
		       '--font-render-hinting=none'],
	});

	fs.mkdirSync(out, { recursive: true });
	for (const argument of pages) {
		const at = argument.indexOf('=');
		const name = argument.slice(0, at);
		const file = url.pathToFileURL(path.resolve(argument.slice(at + 1)));

		for (const width of Object.keys(WIDTHS))
			for (const scheme of ['light', 'dark'])
				await look(browser, name, file.href, width, scheme);
	}
	await browser.close();
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed ? 1 : 0;
}

main().catch((error) => {
	console.error(`look.js: ${error.message}`);
	process.exitCode = 3;
});
