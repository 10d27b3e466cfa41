/*
 * Bars, a row for each policy, drawn anew when the width changes:
 *
 *	upstream  |########////////| 12 + 3
 *	xs8       |###|              3
 */

const ROW = 30, BAR = 18, GAP = 8;

/* Of what is drawn in 13px. */
function textWidth(text) {
	return 7.2 * text.length;
}

/* The label of a row: its parts that are not 0. */
function rowLabel(parts, bad) {
	const some = parts.filter((part) => part.value > 0);

	if (!some.length)
		return '0';
	return (bad ? '! ' : '') +
		some.map((part) => digits(part.value)).join(' + ');
}

function drawPart(row, part, x, y, width) {
	const what = `${row.name}: ${part.name} ${digits(part.value)}`;

	return svg('rect', {
		class: 'mark', x, y, width, height: BAR,
		fill: `url(#fill${part.fill})`,
		'data-policy': row.name, 'data-counter': part.path,
		'data-value': part.value,
	}, svg('title', {}, what));
}

function drawRow(chart, row, top, geometry) {
	const y = top + (ROW - BAR) / 2, baseline = y + BAR / 2 + 4.5;
	const bad = chart.alarm && row.total > 0;
	const nodes = [svg('text', { x: 0, y: baseline }, row.name)];
	let x = geometry.left;

	for (const part of row.parts) {
		const width = part.value * geometry.room / chart.most;

		nodes.push(drawPart(row, part, x, y, width));
		x += width;
	}
	nodes.push(svg('text', {
		class: bad ? 'value bad' : 'value',
		x: x + GAP, y: baseline,
	}, row.label));
	return nodes;
}

/* Room for names to the left and for labels to the right. */
function geometryOf(chart, width) {
	const widest = (texts) => Math.max(...texts.map(textWidth));
	const left = widest(chart.rows.map((row) => row.name)) + GAP;
	const right = widest(chart.rows.map((row) => row.label)) + 2 * GAP;

	return { left, room: Math.max(20, width - left - right) };
}

function draw(chart, width) {
	const geometry = geometryOf(chart, width);
	const height = chart.rows.length * ROW;

	chart.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
	chart.svg.replaceChildren(
		svg('title', { id: chart.id + '-title' }, chart.title),
		svg('desc', { id: chart.id + '-desc' }, chart.rows.map((row) =>
			row.name + ': ' + row.parts.map((part) =>
				part.name + ' ' + part.value).join(', '))
			.join('; ')),
		svg('path', {
			class: 'axis',
			d: `M${geometry.left} 0V${height}`,
		}),
		...chart.rows.flatMap((row, i) =>
			drawRow(chart, row, i * ROW, geometry)));
}

function legend(parts) {
	return html('ul', { class: 'legend', 'aria-hidden': 'true' },
		parts.map((part) => html('li', {}, [
			svg('svg', { viewBox: '0 0 16 16' }, svg('rect', {
				width: 16, height: 16,
				fill: `url(#fill${part.fill})`,
			})), part.name])));
}

/* The width of A4, or letter, without margins. */
const PAPER = 640;

/*
 * Draw what is in @node as wide as paper is, and again for the screen and
 * whenever that has changed.  Before it is printed there is no time to see how
 * wide it gets.
 */
function sized(node, draw, paper = PAPER) {
	let drawn = 0, screen = paper;
	const at = (width) => {
		if (width && width !== drawn)
			draw(drawn = width);
	};

	new ResizeObserver((entries) => {
		if (matchMedia('print').matches)
			return;
		screen = Math.round(entries[0].contentRect.width);
		at(screen);
	}).observe(node);
	addEventListener('beforeprint', () => at(paper));
	addEventListener('afterprint', () => at(screen));
	at(paper);
}

let charts = 0;

/*
 * A figure of @rows: { name, parts: [{ name, path, value, fill }] }.
 * @alarm: what is not 0 is bad.
 */
function bars(title, rows, alarm) {
	const id = 'chart' + charts++;
	const chart = { id, title, alarm, rows };
	const figure = html('figure', {}, html('figcaption', {}, title));

	for (const row of rows) {
		row.total = row.parts.reduce((sum, p) => sum + p.value, 0);
		row.label = row.label || rowLabel(row.parts, alarm);
	}
	chart.most = Math.max(...rows.map((row) => row.total));
	chart.svg = svg('svg', {
		role: 'img', 'aria-labelledby': `${id}-title ${id}-desc`,
	});
	if (!chart.most)
		return put(figure, {}, html('p', { class: 'faint' },
			'0 under every policy'));
	if (rows[0].parts.length > 1)
		figure.append(legend(rows[0].parts));
	figure.append(chart.svg);
	sized(figure, (width) => draw(chart, width));
	return figure;
}
