// SPDX-License-Identifier: GPL-2.0-or-later
//
// timeline.cjs - what is seen of a run on the page of a report.
'use strict';

const { assert, drawn, load } = require('./browser.cjs');

function results(page) {
	return page.evaluate(() => JSON.parse(
		document.getElementById('data').textContent).results);
}

// Of everything drawn: what it says that it is.
function marks(page) {
	return page.$$eval('.stage [data-series]', (nodes) =>
		nodes.map((node) => ({ ...node.dataset,
			value: Number(node.dataset.value),
			height: node.getBoundingClientRect().height })));
}

// The first and the last event seen.
async function seen(page) {
	const text = await page.textContent('.timeline [aria-live]');

	return text.replace(/\u202f/g, '').match(/\d+/g).map(Number)
		.slice(0, 2);
}

function total(list) {
	return list.reduce((sum, one) => sum + one, 0);
}

// What @path counted in the events that are seen.
async function wanted(page, result, path) {
	const [first, last] = await seen(page);
	const each = result.series.events_per_bucket;

	return total(result.series[path].slice(Math.floor(first / each),
		Math.floor(last / each) + 1));
}

const PATHS = ['flush.performed', 'flush.avoided', 'flush.false',
	'oracle.violations', 'oracle.stale_uses'];

// All that is marked in what is seen, and no more.
async function marksAreTrue(page) {
	const all = await marks(page);

	for (const result of await results(page))
		for (const path of PATHS)
			assert.strictEqual(total(all.filter((mark) =>
				mark.policy === result.policy &&
				mark.series === path)
				.map((mark) => mark.value)),
			await wanted(page, result, path),
			`${path} of ${result.policy}`);
	return all;
}

async function columnsAreTrue(page) {
	const all = await marksAreTrue(page);
	const list = await results(page);
	const columns = all.filter((mark) => mark.from);
	const most = Math.max(...columns.map((mark) => mark.value));
	const unit = columns.find((mark) => mark.value === most).height / most;

	assert.ok(columns.length > 0);
	for (const mark of columns) {
		const { series } = list.find((result) =>
			result.policy === mark.policy);

		assert.strictEqual(mark.value, total(series[mark.series]
			.slice(Number(mark.from), Number(mark.to))));
		assert.ok(Math.abs(mark.height -
			Math.max(1, mark.value * unit)) < .1, 'out of scale');
	}
}

// "M0 5H3L3 7H6": from where to where, and how high.
function stepsOf(path) {
	return [...path.matchAll(/([\d.]+) ([\d.]+)H([\d.]+)/g)]
		.map((match) => match.slice(1).map(Number));
}

// The line of hits, read back from where it is drawn.
async function ratesAreTrue(page) {
	const [{ series }] = await results(page);
	const lines = await page.$$eval('[data-rate]', (paths) =>
		paths.map((path) => ({ d: path.getAttribute('d'),
			least: Number(path.dataset.least) })));
	const box = await page.$eval('.timeline .stage svg', (node) =>
		node.viewBox.baseVal.width);
	const side = 6, height = 60;
	const paths = [['tlb.l1_hits'], ['tlb.l1_hits', 'tlb.l2_hits']];
	const count = series['tlb.lookups'].length;
	let compared = 0;

	assert.strictEqual(lines.length, 2);
	lines.forEach((line, i) => {
		const steps = stepsOf(line.d);
		const floor = steps[0][1] + height * (hits(0) - line.least) /
			(1 - line.least);

		function hits(n) {
			const middle = (steps[n][0] + steps[n][2]) / 2 - side;
			const width = steps[n][2] - steps[n][0];
			const each = Math.round(count * width /
				(box - 2 * side));
			const from = Math.floor(middle / width) * each;
			const of = (path) => total(series[path]
				.slice(from, from + each));

			return total(paths[i].map(of)) / of('tlb.lookups');
		}

		for (let n = 0; n < steps.length; n++, compared++)
			assert.ok(Math.abs(floor - height *
				(hits(n) - line.least) / (1 - line.least) -
				steps[n][1]) < .1, `step ${n}`);
	});
	assert.ok(compared > 100, `${compared} steps`);
}

// Zoomed in, moved, and back, each time by other means.
async function everyWayMoves(page) {
	const all = await seen(page), stage = page.locator('.stage');
	const length = ([first, last]) => last - first + 1;
	const halved = async (from, how) => {
		const now = await seen(page);

		assert.ok(Math.abs(length(now) / length(from) - .5) < .02, how);
		await marksAreTrue(page);
		return now;
	};
	let before;

	assert.strictEqual(all[0], 0);
	await page.click('text=Zoom in');
	before = await halved(all, 'button');
	await stage.focus();
	await page.keyboard.press('+');
	before = await halved(before, 'key');
	await stage.hover();
	await page.mouse.wheel(0, -100);
	await page.waitForTimeout(200);
	before = await halved(before, 'wheel');
	await page.keyboard.press('ArrowRight');
	const later = await seen(page);

	assert.ok(later[0] > before[0], 'later');
	assert.strictEqual(length(later), length(before));
	await page.click('text=Earlier');
	assert.deepStrictEqual(await seen(page), before);
	const box = await stage.boundingBox();

	await stage.hover();
	await page.mouse.down();
	await page.mouse.move(box.x + box.width / 4, 300, { steps: 3 });
	await page.mouse.up();
	const dragged = await seen(page);

	assert.ok(Math.abs((dragged[0] - before[0]) / length(before) - .25) <
		.03, 'dragged by a quarter');
	assert.strictEqual(length(dragged), length(before));
	await marksAreTrue(page);
	await page.keyboard.press('-');
	assert.ok(length(await seen(page)) > length(before), 'out');
	await page.keyboard.press('0');
	assert.deepStrictEqual(await seen(page), all);
}

// A wheel that turns over it scrolls the page, unless it was chosen.
async function pageScrolls(page) {
	const all = await seen(page);

	await page.locator('.stage').hover();
	await page.mouse.wheel(0, -100);
	await page.waitForTimeout(200);
	assert.deepStrictEqual(await seen(page), all);
}

// The table: what each column of numbers adds up to.
async function tableIsTrue(page) {
	const list = await results(page);

	await page.click('text=As a table');
	await page.click('text=Zoom in');
	for (const [i, result] of list.entries()) {
		await page.selectOption('.timeline select', String(i));
		const rows = await page.$$eval('.timeline tbody tr', (trs) =>
			trs.map((tr) => [...tr.cells].map((cell) =>
				cell.textContent.replace(/\u202f/g, ''))));
		const names = await page.$$eval('.timeline thead th',
			(cells) => cells.map((cell) => cell.textContent));

		assert.ok(rows.length > 1);
		for (const path of [...PATHS, 'tlb.lookups'])
			assert.strictEqual(total(rows.map((row) =>
				Number(row[names.indexOf(path)]))),
			await wanted(page, result, path));
	}
}

module.exports = async (look, single, big) => {
	const on = (name, file, check) => look(name, {}, async (page) => {
		await load(page, file);
		await drawn(page);
		await check(page);
	});

	await on('a timeline has the numbers of the JSON, to scale', single,
		columnsAreTrue);
	await on('... of a long trace as well', big, columnsAreTrue);
	await on('the line of hits is where they are', big, ratesAreTrue);
	await on('buttons, keys, wheel and hand move the timeline', big,
		everyWayMoves);
	await on('a wheel scrolls the page', big, pageScrolls);
	await on('the table has what is seen', big, tableIsTrue);
};
