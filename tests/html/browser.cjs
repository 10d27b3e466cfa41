// SPDX-License-Identifier: GPL-2.0-or-later
//
// browser.cjs - TAP about pages in Chromium.
//
//	node all.cjs CHROMIUM BUILD-FOLDER FOLDER-OF-PAGES
//
// playwright-core is looked for in the build folder and those around it.
'use strict';

const assert = require('assert');
const path = require('path');

const [chromium, folder, pages] = process.argv.slice(2);
const { chromium: engine } = require(
	require.resolve('playwright-core', { paths: [folder] }));

let count = 0;

// Each page is seen by a browser that has nothing of the others.
async function look(browser, name, options, check) {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	const errors = [];

	count++;
	page.setDefaultTimeout(30000);
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning')
			errors.push(message.text());
	});
	page.on('pageerror', (error) => errors.push(error.message));
	page.on('request', (request) => {
		if (/^(http|ws)s?:/.test(request.url()))
			errors.push('asked for ' + request.url());
	});
	try {
		await check(page);
		assert.deepStrictEqual(errors, []);
		console.log(`ok ${count} - ${name}`);
	} catch (error) {
		console.log(`not ok ${count} - ${name}`);
		console.log(error.message.replace(/^/gm, '# '));
	}
	await context.close();
}

async function load(page, file) {
	await page.goto('file://' + path.resolve(file));
}

// Chromium has drawn what was asked for.
function drawn(page) {
	return page.evaluate(() => new Promise((done) =>
		requestAnimationFrame(() => requestAnimationFrame(done))));
}

async function fits(page) {
	const [wanted, width] = await page.evaluate(() => [
		document.documentElement.scrollWidth, innerWidth]);

	assert.ok(wanted <= width, `${wanted} pixels wide, of ${width}`);
}

// "rgb(20, 23, 27)" as 0 (black) to 255.
function brightness(color) {
	const [red, green, blue] = color.match(/\d+/g).map(Number);

	return 0.299 * red + 0.587 * green + 0.114 * blue;
}

// What is read in the colours that are asked for: difference of brightness.
async function contrast(page) {
	const [ground, ink] = await page.evaluate(() => {
		const style = getComputedStyle(document.body);

		return [style.backgroundColor, style.color];
	});

	return brightness(ground) - brightness(ink);
}

async function main(tests) {
	const browser = await engine.launch({
		executablePath: chromium, args: ['--no-sandbox'],
	});

	await tests((name, options, check) =>
		look(browser, name, options, check), pages);
	await browser.close();
	console.log(`1..${count}`);
}

module.exports = { assert, contrast, drawn, fits, load, main };
