// SPDX-License-Identifier: GPL-2.0-or-later
//
// report.cjs - pages of `tlbsim replay`: one trace, several.
'use strict';

const fs = require('fs');

const { assert, drawn, fits, load, readable } = require('./browser.cjs');
const timeline = require('./timeline.cjs');

const NARROW = { viewport: { width: 360, height: 740 } };

function numbers(page) {
	return page.evaluate(() =>
		JSON.parse(document.getElementById('data').textContent));
}

// Of each bar: policy, counter, value, width in pixels.
function bars(page) {
	return page.$$eval('rect[data-counter]', (rects) => rects.map((r) => ({
		policy: r.dataset.policy, counter: r.dataset.counter,
		value: Number(r.dataset.value),
		width: r.getBoundingClientRect().width,
	})));
}

function wanted(report, bar) {
	const [group, name] = bar.counter.split('.');

	return report.results.find((r) => r.policy === bar.policy)[group][name];
}

async function barsAreTrue(page) {
	const report = await numbers(page), all = await bars(page);
	const scale = new Map();

	assert.ok(all.length >= 2 * report.policies, `${all.length} bars`);
	for (const bar of all) {
		assert.strictEqual(bar.value, wanted(report, bar));
		if (!bar.value) {
			assert.strictEqual(bar.width, 0);
			continue;
		}
		const chart = bar.counter.replace(/(avoided|performed)$/, '')
			.replace(/^cycles.*/, 'cycles');
		const unit = bar.width / bar.value;

		assert.ok(Math.abs(unit / (scale.get(chart) || unit) - 1) < .02,
			`${bar.counter} of ${bar.policy} is out of scale`);
		scale.set(chart, unit);
	}
	assert.ok(scale.has('flush.') && scale.has('cycles'));
}

async function tableIsTrue(page) {
	const report = await numbers(page);

	await page.check('#zeros');
	const rows = await page.$$eval('#trace0 .counters tbody', (bodies) =>
		bodies.flatMap((body) => {
			const group = body.rows[0].textContent;

			return [...body.rows].slice(1).map((row) => [
				group + '.' + row.cells[0].textContent,
				...[...row.cells].slice(1, -1).map((cell) =>
					cell.textContent)]);
		}));
	assert.strictEqual(rows.length, report.counters.length);
	for (const [counter, ...cells] of rows) {
		const [group, name] = counter.split('.');

		if (name.endsWith('percent'))
			continue;
		assert.deepStrictEqual(
			cells.map((cell) => cell.replace(/[! \u202f]/g, '')),
			report.results.map((r) => String(r[group][name])));
	}
}

// What a screen reader says of each chart.
async function chartsHaveNames(page) {
	const names = await page.$$eval('figure svg[role=img]', (charts) =>
		charts.map((chart) => chart.getAttribute('aria-labelledby')
			.split(' ').map((id) =>
				document.getElementById(id).textContent)));

	assert.ok(names.length > 0);
	for (const [title, description] of names) {
		assert.ok(title);
		assert.match(description, /^(upstream|rfc2014|xs8): .* \d/);
	}
}

// Of each column: policy, operations, outcome, value, height in pixels.
function sizes(page) {
	return page.$$eval('rect[data-ops]', (rects) => rects.map((r) => ({
		policy: r.dataset.policy, ops: Number(r.dataset.ops),
		outcome: r.dataset.outcome, value: Number(r.dataset.value),
		height: r.getBoundingClientRect().height,
	})));
}

async function sizesAreTrue(page) {
	const report = await numbers(page), all = await sizes(page);
	const unit = all[0].height / all[0].value;
	const shown = (policy, ops, outcome) => all.find((one) =>
		one.policy === policy && one.ops === ops &&
		one.outcome === outcome) || { value: 0, height: 0 };
	let sum = 0;

	for (const { policy, batch_sizes: list, flush } of report.results) {
		for (const size of list)
			for (const outcome of ['performed', 'avoided']) {
				const one = shown(policy, size.ops, outcome);

				assert.strictEqual(one.value, size[outcome]);
				assert.ok(Math.abs(one.height -
					unit * one.value) < .1, 'out of scale');
				sum += one.value;
			}
		sum -= flush.batches;
	}
	assert.strictEqual(sum, 0);
	assert.ok(all.some((one) => one.outcome === 'avoided'));
	assert.ok(all.some((one) => one.ops > 1));
}

async function everyTraceOpens(page) {
	const report = await numbers(page);
	const links = page.locator('a[href^="#trace"]');

	assert.strictEqual(await links.count(), report.titles.length);
	for (let i = 0; i < report.titles.length; i++) {
		await links.nth(i).click();
		await page.waitForSelector(`#trace${i}[open] .counters`);
	}
}

// How wide charts are drawn right after these events.
function widths(page, ...events) {
	return page.evaluate((names) => {
		names.forEach((name) => dispatchEvent(new Event(name)));
		return [...document.querySelectorAll(
			'figure > svg, .stage > svg')].map((chart) =>
			chart.viewBox.baseVal.width);
	}, events);
}

// Printed, and back on the screen.
async function paperHasCharts(page) {
	const screen = await widths(page);

	assert.ok(screen.length > 3);
	assert.ok(!screen.includes(640));
	assert.deepStrictEqual(await widths(page, 'beforeprint'),
		screen.map(() => 640));
	assert.deepStrictEqual(await widths(page, 'beforeprint', 'afterprint'),
		screen);
}

module.exports = async (look, single, several, big) => {
	await look('a report loads, and says nothing on the console', {},
		(page) => load(page, single));
	await look('bars have the numbers of the JSON, to scale', {},
		async (page) => {
			await load(page, single);
			await drawn(page);
			await barsAreTrue(page);
		});
	await look('the table has the numbers of the JSON', {},
		async (page) => {
			await load(page, single);
			await tableIsTrue(page);
		});
	await look('charts have names for a screen reader', {},
		async (page) => {
			await load(page, single);
			await drawn(page);
			await chartsHaveNames(page);
		});
	await look('several traces open one by one', {}, async (page) => {
		await load(page, several);
		await everyTraceOpens(page);
	});
	await look('no line runs out of a narrow screen', NARROW,
		async (page) => {
			await load(page, single);
			await drawn(page);
			await fits(page);
			await load(page, several);
			await everyTraceOpens(page);
			await drawn(page);
			await fits(page);
		});
	for (const colorScheme of ['light', 'dark'])
		await look(`every word can be read, ${colorScheme}`,
			{ colorScheme }, async (page) => {
				await load(page, single);
				await drawn(page);
				await page.click('text=As a table');
				await readable(page, colorScheme === 'dark');
			});
	await look('paper shows every trace', {}, async (page) => {
		await load(page, several);
		await page.evaluate(() =>
			dispatchEvent(new Event('beforeprint')));
		assert.strictEqual(await page.locator('[data-trace]:not([open])')
			.count(), 0);
	});
	await look('paper shows charts as wide as it is', {}, 
		async (page) => {
			await load(page, single);
			await drawn(page);
			await paperHasCharts(page);
		});
	await look('batches by size have the numbers of the JSON, to scale',
		{}, async (page) => {
			await load(page, big);
			await drawn(page);
			await sizesAreTrue(page);
		});
	await look('a page of a long trace is small', {}, async (page) => {
		await load(page, big);
		assert.ok(fs.statSync(big).size < 2e6);
	});
	await timeline(look, single, big);
};
