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

const COLUMN = 3;
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
