/*
 * What a run did, event after event; a part of it is seen, in columns:
 *
 *	upstream
 *	   | ||  |||    flushes performed, above the line
 *	  -----------
 *	    |  |        avoided, below it
 *	     x          violations
 *	         ^      stale uses: a row for each sign that there is
 *	  hits in the TLBs
 *	  ~~~~~\_/~~~
 *	  1000     2000
 */

const COLUMN = 3, SEEN_LEAST = 4;
const NAME = 18, HALF = 22, SIGN_ROW = 14, SPACE = 10, RATES = 60, AXIS = 20;
const SIDE = 6; /* half a sign */

const SIGN = [
	{ path: 'oracle.violations', name: 'violations', class: 'violation',
		d: 'M-4 -4L4 4M-4 4L4 -4' },
	{ path: 'oracle.stale_uses', name: 'stale uses', class: 'stale',
		d: 'M0 -5L5 4H-5Z' },
	{ path: 'flush.false', name: 'false flushes', class: 'false',
		d: 'M0 -5L5 0L0 5L-5 0Z' },
];
const RATE = [
	{ name: 'first level', class: 'rate',
		paths: ['tlb.l1_hits'] },
	{ name: 'either level', class: 'rate any',
		paths: ['tlb.l1_hits', 'tlb.l2_hits'] },
];

/* ---- numbers ------------------------------------------------------------- */

/* What @path counted in buckets @begin to @end - 1; nothing, if nobody did. */
function sum(result, path, [begin, end]) {
	return (result.series[path] || []).slice(begin, end)
		.reduce((total, count) => total + count, 0);
}

function rate(result, paths, column) {
	const lookups = sum(result, 'tlb.lookups', column);

	return lookups && paths.reduce((hits, path) =>
		hits + sum(result, path, column), 0) / lookups;
}

/* What is seen, in at most @most columns of as many buckets each. */
function columns(line, most) {
	const each = Math.ceil((line.to - line.from) / Math.max(1, most));
	const list = [];

	for (let at = line.from; at < line.to; at += each)
		list.push([at, Math.min(at + each, line.to)]);
	return list;
}

/* The first and the last event of these buckets. */
function eventsOf(line, [begin, end]) {
	const { events, events_per_bucket: each } = line.results[0].series;

	return [begin * each, Math.min(end * each, events) - 1];
}

function eventWords(line, column) {
	const [first, last] = eventsOf(line, column);

	return first === last ? `event ${digits(first)}` :
		`events ${digits(first)} to ${digits(last)}`;
}

/* Of tracks: above the line, below it, and the signs. */
function trackHeight(line) {
	return NAME + 2 * HALF + line.signs.length * SIGN_ROW + SPACE;
}

/* ---- drawing ------------------------------------------------------------- */

function drawFlushes(line, result, path, column, box) {
	const count = sum(result, path, column);
	const height = count * HALF / line.most;
	const up = path === 'flush.performed';

	return count ? [svg('rect', {
		class: up ? 'performed' : 'avoided',
		x: box.x, width: box.width, height: Math.max(1, height),
		y: up ? box.y - Math.max(1, height) : box.y,
		'data-policy': result.policy, 'data-series': path,
		'data-from': column[0], 'data-to': column[1],
		'data-value': count,
	}, svg('title', {}, `${eventWords(line, column)}: ` +
		`${path.split('.')[1]} ${digits(count)}`))] : [];
}

function drawSigns(line, result, column, box) {
	return line.signs.flatMap((sign, i) => {
		const y = box.y + HALF + (i + .5) * SIGN_ROW;
		const count = sum(result, sign.path, column);

		return count ? [svg('path', {
			class: 'sign ' + sign.class, d: sign.d,
			transform: `translate(${box.x + box.width / 2} ${y})`,
			'data-policy': result.policy, 'data-series': sign.path,
			'data-value': count,
		}, svg('title', {}, `${eventWords(line, column)}: ` +
			`${sign.name} ${digits(count)}`))] : [];
	});
}

/* Where each column is drawn. */
function boxes(list, width, y) {
	const room = (width - 2 * SIDE) / list.length;

	return list.map((_, i) => ({ x: SIDE + i * room, width: room, y }));
}

function drawTrack(line, result, top, width) {
	const list = columns(line, width / COLUMN);
	const places = boxes(list, width, top + NAME + HALF);

	return [
		svg('text', { x: 0, y: top + 13 }, result.policy),
		svg('path', { class: 'axis',
			d: `M0 ${top + NAME + HALF}H${width}` }),
		...list.flatMap((column, i) => [
			...['flush.performed', 'flush.avoided'].flatMap((path) =>
				drawFlushes(line, result, path, column,
					places[i])),
			...drawSigns(line, result, column, places[i])]),
	];
}

/* The highest of these that no rate seen is below: rates are often near 1. */
function leastRate(result, list) {
	const rates = list
		.filter((column) => sum(result, 'tlb.lookups', column))
		.map((column) => rate(result, RATE[0].paths, column));

	return [.99, .9, .5].find((least) =>
		rates.every((value) => value >= least)) || 0;
}

/* Steps, with a gap where nothing was looked up. */
function ratePath(result, paths, list, places, least) {
	return list.map((column, i) => {
		const { x, y, width } = places[i];
		const value = rate(result, paths, column);
		const level = y + RATES * (1 - value) / (1 - least);
		const before = i && sum(result, 'tlb.lookups', list[i - 1]);

		return sum(result, 'tlb.lookups', column) ?
			`${before ? 'L' : 'M'}${x} ${level.toFixed(2)}` +
			`H${x + width}` : '';
	}).join('');
}

function drawRates(line, top, width) {
	const result = line.results[line.chosen];
	const list = columns(line, width / COLUMN);
	const places = boxes(list, width, top + NAME);
	const bottom = top + NAME + RATES;
	const least = leastRate(result, list);

	return [
		svg('text', { x: 0, y: top + 13 },
			`TLB hits under ${result.policy}: ` +
			`${100 * least}% to 100%`),
		svg('path', { class: 'axis', d: `M0 ${top + NAME}H${width}` +
			`M0 ${bottom}H${width}` }),
		...RATE.map((one) => svg('path', {
			class: one.class, 'data-rate': one.name,
			'data-least': least,
			d: ratePath(result, one.paths, list, places, least),
		})),
	];
}

function drawEnds(line, y, width) {
	const [first, last] = eventsOf(line, [line.from, line.to]);

	return [
		svg('text', { class: 'value', x: 0, y }, digits(first)),
		svg('text', { class: 'value', x: width, y,
			'text-anchor': 'end' }, digits(last)),
	];
}

function drawLine(line) {
	const { results, width } = line;
	const tracks = results.length * trackHeight(line);
	const bottom = tracks + NAME + RATES;

	line.svg.setAttribute('viewBox', `0 0 ${width} ${bottom + AXIS}`);
	line.svg.replaceChildren(
		...results.flatMap((result, i) =>
			drawTrack(line, result, i * trackHeight(line), width)),
		...drawRates(line, tracks, width),
		...drawEnds(line, bottom + 15, width));
}

/* ---- the same as a table ------------------------------------------------- */

const TABLE_ROWS = 32;
const TABLE = ['flush.performed', 'flush.avoided', 'flush.false',
	'oracle.violations', 'oracle.stale_uses', 'tlb.lookups'];

function tableRow(line, result, column) {
	return html('tr', {}, [
		html('th', { scope: 'row' }, eventWords(line, column)),
		...TABLE.map((path) => html('td', { class: 'number' },
			digits(sum(result, path, column)))),
		...RATE.map((one) => html('td', { class: 'number' },
			sum(result, 'tlb.lookups', column) ?
				percent(100 * rate(result, one.paths,
					column)) : '')),
	]);
}

function drawTable(line) {
	const result = line.results[line.chosen];
	const names = [...TABLE, ...RATE.map((one) => `hits, ${one.name}`)];

	line.table.replaceChildren(
		html('caption', {}, `What is seen, under ${result.policy}`),
		html('thead', {}, html('tr', {}, [
			html('th', { scope: 'col' }, 'events'),
			...names.map((name) => html('th', {
				scope: 'col', class: 'number',
			}, name))])),
		html('tbody', {}, columns(line, TABLE_ROWS).map((column) =>
			tableRow(line, result, column))));
}

/* ---- moving -------------------------------------------------------------- */

function bucketsOf(line) {
	return line.results[0].series['flush.batches'].length;
}

function tellRange(line) {
	const result = line.results[line.chosen];
	const [first, last] = eventsOf(line, [line.from, line.to]);

	line.range.textContent = 'Seen: ' +
		`${eventWords(line, [line.from, line.to])} of ` +
		digits(result.series.events);
	line.command.textContent = `tlbsim explain --from ${first} ` +
		`--to ${last} -p ${result.policy} ${result.trace}`;
}

function redraw(line) {
	if (!line.width)
		return;
	line.most = Math.max(1, ...line.results.flatMap((result) =>
		columns(line, line.width / COLUMN).flatMap((column) =>
			['flush.performed', 'flush.avoided'].map((path) =>
				sum(result, path, column)))));
	drawLine(line);
	drawTable(line);
	tellRange(line);
}

/* See @count buckets from @from on, as far as there are so many. */
function see(line, from, count) {
	const all = bucketsOf(line);
	const seen = Math.max(Math.min(Math.round(count), all),
		Math.min(SEEN_LEAST, all));

	line.from = Math.max(0, Math.min(Math.round(from), all - seen));
	line.to = line.from + seen;
	redraw(line);
}

/* Around what is at @place of the width, 0 to 1. */
function zoom(line, factor, place) {
	const seen = line.to - line.from;

	see(line, line.from + seen * place * (1 - factor), seen * factor);
}

function move(line, part) {
	const seen = line.to - line.from;
	const by = Math.sign(part) * Math.ceil(Math.abs(part) * seen);

	see(line, line.from + by, seen);
}

const MOVES = [
	{ name: 'Zoom in', key: '+', go: (line) => zoom(line, .5, .5) },
	{ name: 'Zoom out', key: '-', go: (line) => zoom(line, 2, .5) },
	{ name: 'Earlier', key: 'ArrowLeft', go: (line) => move(line, -.25) },
	{ name: 'Later', key: 'ArrowRight', go: (line) => move(line, .25) },
	{ name: 'All', key: '0', go: (line) => see(line, 0, bucketsOf(line)) },
];
const SAME_KEY = { '=': '+', '_': '-', Home: '0' };

function onKey(line, event) {
	const key = SAME_KEY[event.key] || event.key;
	const one = MOVES.find((candidate) => candidate.key === key);

	if (!one || event.ctrlKey || event.altKey || event.metaKey)
		return;
	event.preventDefault();
	one.go(line);
}

/* A page scrolls by the wheel: it zooms where that was asked for. */
function onWheel(line, event) {
	const place = (event.clientX -
		line.stage.getBoundingClientRect().left) / line.width;

	if (!event.ctrlKey && document.activeElement !== line.stage)
		return;
	event.preventDefault();
	zoom(line, event.deltaY < 0 ? .5 : 2, Math.min(1, Math.max(0, place)));
}

function onDrag(line, event) {
	const moved = (line.grabbed.x - event.clientX) / line.width;
	const seen = line.to - line.from;

	see(line, line.grabbed.from + moved * seen, seen);
}

function listen(line) {
	const { stage } = line;

	stage.addEventListener('keydown', (event) => onKey(line, event));
	stage.addEventListener('wheel', (event) => onWheel(line, event),
		{ passive: false });
	stage.addEventListener('pointerdown', (event) => {
		line.grabbed = { x: event.clientX, from: line.from };
		stage.setPointerCapture(event.pointerId);
	});
	stage.addEventListener('pointermove', (event) => {
		if (line.grabbed)
			onDrag(line, event);
	});
	for (const end of ['pointerup', 'pointercancel'])
		stage.addEventListener(end, () => {
			line.grabbed = null;
		});
}

/* ---- the figure ---------------------------------------------------------- */

function choice(line) {
	const select = html('select', {}, line.results.map((result, i) =>
		html('option', { value: i }, result.policy)));

	select.addEventListener('change', () => {
		line.chosen = Number(select.value);
		redraw(line);
	});
	return html('label', {}, ['Hits and table of ', select]);
}

function controls(line) {
	return html('p', { class: 'controls' }, [
		...MOVES.map((one) => {
			const button = html('button', { type: 'button' }, one.name);

			button.addEventListener('click', () => one.go(line));
			return button;
		}),
		choice(line)]);
}

function signLegend(line) {
	const item = (name, node) => html('li', {}, [svg('svg', {
		viewBox: '-8 -8 16 16',
	}, node), name]);

	return html('ul', { class: 'legend', 'aria-hidden': 'true' }, [
		item('performed, above the line', svg('rect', {
			class: 'performed', x: -7, y: -7, width: 14,
			height: 14 })),
		item('avoided, below it', svg('rect', {
			class: 'avoided', x: -7, y: -7, width: 14,
			height: 14 })),
		...line.signs.map((sign) => item(sign.name, svg('path', {
			class: 'sign ' + sign.class, d: sign.d }))),
		...RATE.map((one) => item(`hits, ${one.name}`, svg('path', {
			class: one.class, d: 'M-8 0H8' })))]);
}

/* Nothing of a trace without events. */
function timeline(results) {
	const series = results[0].series;
	const line = { results, chosen: 0, from: 0, most: 1 };

	if (!series || !series.events)
		return [];
	line.to = bucketsOf(line);
	line.signs = SIGN.filter((sign) => results.some((result) =>
		sum(result, sign.path, [0, line.to])));
	line.svg = svg('svg', { 'aria-hidden': 'true' });
	line.stage = html('div', { class: 'stage', tabindex: 0, role: 'group',
		'aria-label': 'timeline; + and - zoom, arrows move, 0 shows all',
	}, line.svg);
	line.range = html('p', { 'aria-live': 'polite' });
	line.command = html('code', {});
	line.table = html('table', {});
	listen(line);
	sized(line.stage, (width) => {
		line.width = width;
		redraw(line);
	});
	return [html('figure', { class: 'wide timeline' }, [
		html('figcaption', {}, 'Timeline'),
		signLegend(line), controls(line), line.stage, line.range,
		html('p', { class: 'faint' }, ['In words: ', line.command]),
		html('details', {}, [html('summary', {}, 'As a table'),
			html('div', { class: 'scroll', tabindex: 0,
				role: 'region', 'aria-label': 'timeline' },
			line.table)])])];
}
