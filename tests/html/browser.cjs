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

// "rgb(20, 23, 27)" as 0 (black) to 1: WCAG 2.1, "relative luminance".
function luminance(color) {
	const [red, green, blue] = color.match(/[\d.]+/g).map(Number)
		.map((byte) => byte / 255).map((part) => part <= 0.03928 ?
			part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// What is read in the colours that are asked for: 1 to 21, and below 0 for
// light on dark.
function contrast({ ground, ink }) {
	const [a, b] = [luminance(ground), luminance(ink)];

	return (a > b ? 1 : -1) * (Math.max(a, b) + .05) /
		(Math.min(a, b) + .05);
}

// Of every element with words of its own that is seen: these, its colour and
// that of the nearest ground that is painted.
function inks(page) {
	return page.evaluate(() => {
		const own = (node) => [...node.childNodes].some((child) =>
			child.nodeType === Node.TEXT_NODE &&
			child.textContent.trim());
		const painted = (node) => {
			const color = getComputedStyle(node).backgroundColor;

			return color.endsWith(', 0)') && node.parentElement ?
				painted(node.parentElement) : color;
		};

		return [...document.body.querySelectorAll('*')]
			.filter((node) => own(node) && node.checkVisibility() &&
				!node.closest('script, title, desc, option') &&
				!node.matches(':disabled'))
			.map((node) => ({
				words: node.textContent.trim().slice(0, 40),
				ground: painted(node),
				ink: getComputedStyle(node)[node.ownerSVGElement ?
					'fill' : 'color'],
			}));
	});
}

// WCAG 2.1, success criterion 1.4.3, "Contrast (Minimum)".
async function readable(page, dark) {
	const all = await inks(page);

	assert.ok(all.length > 10, `${all.length} elements with words`);
	for (const one of all) {
		const ratio = contrast(one);

		assert.ok(dark ? ratio <= -4.5 : ratio >= 4.5,
			`'${one.words}': ${one.ink} on ${one.ground}`);
	}
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

module.exports = { assert, drawn, fits, load, main, readable };
