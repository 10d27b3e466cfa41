/*
 * Which part of a run is seen, and how that is chosen: with buttons, keys, the
 * wheel and the hand.
 */

const SEEN_LEAST = 4; /* buckets */

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
