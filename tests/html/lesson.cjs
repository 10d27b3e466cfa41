// SPDX-License-Identifier: GPL-2.0-or-later
//
// lesson.cjs - pages of `tlbsim explain`: a stale use, grants, a long one.
'use strict';

const fs = require('fs');

const { assert, fits, load, readable } = require('./browser.cjs');

const NARROW = { viewport: { width: 360, height: 740 } };

function told(page) {
	return page.evaluate(() =>
		JSON.parse(document.getElementById('data').textContent).told);
}

// Everything that a reader sees.
function seen(page) {
	return page.evaluate(() => document.querySelector('main').innerText +
		document.querySelector('#position').textContent);
}

// What each CPU holds after each step, counted by the changes alone.
function held(steps) {
	const counts = new Map();

	return steps.map((step) => {
		for (const { change, cpu } of step.changes || []) {
			const by = { filled: 1, dropped: -1 }[change] || 0;

			counts.set(cpu, (counts.get(cpu) || 0) + by);
		}
		return [...counts].reduce((sum, [, count]) => sum + count, 0);
	});
}

function cells(page) {
	return page.locator('#caches .cell:not(.dropped)').count();
}

// To the end, and back: each step shows the same from both sides.
async function sameBothWays(page) {
	const { steps } = await told(page), views = [];

	for (let i = 0; i < steps.length; i++) {
		views.push(await seen(page));
		await page.keyboard.press('ArrowRight');
	}
	assert.strictEqual(new Set(views).size, steps.length);
	for (let i = steps.length - 1; i >= 0; i--) {
		assert.strictEqual(await seen(page), views[i], `step ${i}`);
		await page.keyboard.press('ArrowLeft');
	}
}

async function cellsAreTrue(page) {
	const { steps } = await told(page), counts = held(steps);

	for (let i = 0; i < steps.length; i++) {
		assert.strictEqual(await cells(page), counts[i], `step ${i}`);
		await page.keyboard.press('ArrowRight');
	}
	assert.ok(Math.max(...counts) > 0);
}

// The walk of each access: the entries and values of the JSON.
async function walksAreTrue(page) {
	const { steps } = await told(page);
	let walks = 0;

	for (let i = 0; i < steps.length; i++) {
		if (steps[i].step === 'access') {
			const boxes = await page.$$eval('#walk li:not(.end)',
				(items) => items.map((item) =>
					item.textContent));

			assert.strictEqual(boxes.length,
				steps[i].levels.length);
			steps[i].levels.forEach((level, n) => {
				assert.ok(boxes[n].includes(level.level +
					`at ${level.entry}${level.after}`));
			});
			walks++;
		}
		await page.keyboard.press('ArrowRight');
	}
	assert.ok(walks > 0);
}

async function staleStandsOut(page) {
	const { steps } = await told(page);
	const stale = steps.findIndex((s) => s.stale_since !== undefined);

	assert.ok(stale > 0);
	await page.keyboard.press('n');
	assert.match(await page.textContent('#position'),
		new RegExp(`^Step ${stale + 1} of ${steps.length}$`));
	assert.match(await page.textContent('#now'), /^! .*Stale: .* of line/);
	assert.strictEqual(await page.locator('.level.wrong').count(), 1);
}

async function grantsAreTrue(page) {
	const { steps } = await told(page);
	const map = steps.findIndex((s) => s.step === 'op' && s.pins);

	await page.evaluate((to) => go(to), map);
	const text = await page.innerText('#grants');

	assert.match(text, new RegExp(`reference ${steps[map].ref}\\b`));
	assert.match(text, /hst[rw] 1/);
	await page.keyboard.press('End');
	assert.match(await page.innerText('#grants'), /no entry/);
}

// Each paragraph of the trace; the answer when it is asked for.
async function answerIsFolded(page) {
	const { question, answer } = await told(page);
	const words = (text) => text.split('\n').filter(Boolean).join('\n');

	assert.ok(question && answer.includes('Sources: '));
	assert.strictEqual(words(await page.innerText('#question')),
		words(question));
	assert.ok(!await page.isVisible('#answer p'));
	await page.click('#answer summary');
	assert.strictEqual(words(await page.innerText('#answer div')),
		words(answer));
}

async function nothingIsAsked(page) {
	assert.strictEqual(await page.innerText('#question'), '');
	assert.ok(!await page.isVisible('#answer'));
}

// In every step, and with everything that it opens.
async function readableThroughout(page, dark) {
	const { steps } = await told(page);

	for (let i = 0; i < steps.length; i++) {
		await readable(page, dark);
		await page.keyboard.press('ArrowRight');
	}
}

// The step that is told, in the list of its event, which scrolls.
async function currentIsInSight(page) {
	const [list, item] = await page.evaluate(() =>
		['#steps', '#steps [aria-current]'].map((path) => {
			const node = document.querySelector(path);
			const box = node && node.getBoundingClientRect();

			return box && [box.top, box.bottom];
		}));

	assert.ok(!item || (item[0] >= list[0] - 1 && item[1] <= list[1] + 1),
		'the current step is out of sight');
}

const FORWARD = {
	'#next': (page) => page.click('#next'),
	'arrow right': (page) => page.keyboard.press('ArrowRight'),
	slider: async (page) => {
		await page.focus('#slider');
		await page.keyboard.press('ArrowRight');
		await page.evaluate(() => document.activeElement.blur());
	},
};
const BACK = {
	'#previous': (page) => page.click('#previous'),
	'arrow left': (page) => page.keyboard.press('ArrowLeft'),
	slider: async (page) => {
		await page.focus('#slider');
		await page.keyboard.press('ArrowLeft');
		await page.evaluate(() => document.activeElement.blur());
	},
};

// All that a reader sees, and where the slider and the words say it is.
async function place(page, steps) {
	const at = Number(await page.inputValue('#slider'));
	const position = await page.textContent('#position');

	assert.strictEqual(position, `Step ${at + 1} of ${steps.length}`);
	return [at, await seen(page)];
}

// The same step by every way, as each single step shows it.
async function everyWayLeads(page) {
	const { steps } = await told(page), views = [];

	for (let i = 0; i < steps.length; i++) {
		views.push(await place(page, steps));
		assert.strictEqual(views[i][0], i);
		if (i + 1 < steps.length)
			await page.click('#next');
	}
	for (const [ways, by] of [[FORWARD, 1], [BACK, -1]])
		for (const [name, take] of Object.entries(ways))
			for (const from of [1, 4, steps.length - 2]) {
				await page.evaluate((to) => go(to), from);
				await take(page);
				assert.deepStrictEqual(await place(page, steps),
					views[from + by], `${name} from ${from}`);
			}
	const events = steps.flatMap((step, i) =>
		step.step === 'event' ? [i] : []);
	const jumps = [
		['#nextEvent', () => page.click('#nextEvent'), events[1]],
		['PageDown', () => page.keyboard.press('PageDown'), events[1]],
		['End', () => page.keyboard.press('End'), steps.length - 1],
	];

	for (const [name, take, to] of jumps) {
		await page.evaluate(() => go(0));
		await take();
		assert.deepStrictEqual(await place(page, steps), views[to], name);
	}
	const back = [
		['PageUp', () => page.keyboard.press('PageUp'), events[1]],
		['Home', () => page.keyboard.press('Home'), 0],
		['#first', () => page.click('#first'), 0],
	];

	for (const [name, take, to] of back) {
		await page.evaluate((at) => go(at), events[2]);
		await take();
		assert.deepStrictEqual(await place(page, steps), views[to], name);
	}
}

// Nobody can step on paper: all is there, and the controls are not.
async function paperHasAll(page) {
	const { steps, answer } = await told(page);
	const events = steps.filter((step) => step.step === 'event');

	await page.emulateMedia({ media: 'print' });
	await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
	const text = await page.innerText('body');

	for (const event of events)
		assert.ok(text.includes(event.text), event.text);
	for (const { entry } of steps.flatMap((step) => step.levels || []))
		assert.ok(text.includes(entry), entry);
	assert.ok(text.includes(answer.split('\n')[0]));
	assert.ok(text.includes('stale now: CPU'));
	assert.strictEqual(await page.locator('button:visible').count(), 0);
}

module.exports = async (look, stale, grants, long) => {
	const on = (name, file, check, options = {}) =>
		look(name, options, async (page) => {
			await load(page, file);
			await check(page);
		});

	await on('forward and back show the same', stale, sameBothWays);
	await on('cells are what was filled and not dropped', grants,
		cellsAreTrue);
	await on('walks have the entries of the JSON', stale, walksAreTrue);
	await on('a stale use stands out', stale, staleStandsOut);
	await on('grants are pinned, and let go', grants, grantsAreTrue);
	await on('a question waits with its answer', stale, answerIsFolded);
	await on('a trace without a question asks none', long, nothingIsAsked);
	await on('paper has every event and the answer', stale, paperHasAll);
	await on('buttons, keys and the slider agree', grants, everyWayLeads);
	await on('no step runs out of a narrow screen', grants,
		async (page) => {
			const { steps } = await told(page);

			for (let i = 0; i < steps.length; i++) {
				await fits(page);
				await currentIsInSight(page);
				await page.keyboard.press('ArrowRight');
			}
		}, NARROW);
	for (const colorScheme of ['light', 'dark'])
		for (const file of [stale, grants])
			await on(`every word can be read, ${colorScheme}`, file,
				(page) => readableThroughout(page,
					colorScheme === 'dark'),
				{ colorScheme });
	await on('a long lesson is small, and says what it left out', long,
		async (page) => {
			assert.ok(fs.statSync(long).size < 2e6);
			assert.match(await page.textContent('#left-out'),
				/\d steps more did not fit/);
			await page.keyboard.press('End');
			await page.keyboard.press('ArrowLeft');
			assert.match(await page.textContent('#position'),
				/^Step \d.* of \d/);
		});
};
