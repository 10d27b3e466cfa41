/*
 * Unmap batches by the number of their operations, one small chart for each
 * policy, all to one scale:
 *
 *	upstream                   xs8
 *	100 -         //           100 -         ##
 *	     //       //                ##       ##
 *	     1   8   32                 1   8   32
 */

const BATCH = 32, PLOT = 90, TICKS = [1, 8, 16, 24, 32];

const OUTCOMES = [
	{ name: 'avoided', fill: 0 },
	{ name: 'performed', fill: 1 },
];

function batches(size) {
	return size.avoided + size.performed;
}

function drawSize(plot, size, step) {
	let y = PLOT;

	return OUTCOMES.filter(({ name }) => size[name]).map((part) => {
		const height = size[part.name] * PLOT / plot.most;

		y -= height;
		return svg('rect', {
			class: 'mark', x: plot.left + (size.ops - 1) * step, y,
			width: step, height, fill: `url(#fill${part.fill})`,
			'data-policy': plot.policy, 'data-ops': size.ops,
			'data-outcome': part.name,
			'data-value': size[part.name],
		}, svg('title', {}, `${plot.policy}: of ` +
			plural(size.ops, 'operation', 'operations') +
			`, ${part.name} ${digits(size[part.name])}`));
	});
}

function drawTick(plot, ops, step) {
	return svg('text', {
		x: plot.left + (ops - .5) * step, y: PLOT + 16,
		'text-anchor': 'middle',
	}, ops);
}

function drawSizes(plot, width) {
	const step = (width - plot.left - GAP) / BATCH;

	plot.svg.setAttribute('viewBox', `0 0 ${width} ${PLOT + 22}`);
	plot.svg.replaceChildren(
		svg('title', { id: plot.id + '-title' },
			`Batches by size under ${plot.policy}`),
		svg('desc', { id: plot.id + '-desc' }, `${plot.policy}: ` +
			plot.sizes.map((size) => `of ${size.ops} avoided ` +
				`${size.avoided}, performed ${size.performed}`)
				.join('; ')),
		svg('text', { x: 0, y: 11, class: 'value' },
			digits(plot.most)),
		svg('text', { x: 0, y: PLOT, class: 'value' }, '0'),
		svg('path', { class: 'axis', d: `M${plot.left} 0V${PLOT}H` +
			(width - GAP) }),
		...plot.sizes.flatMap((size) => drawSize(plot, size, step)),
		...TICKS.map((ops) => drawTick(plot, ops, step)));
}

function sizesOf(result, most) {
	const id = 'chart' + charts++;
	const plot = {
		id, policy: result.policy, sizes: result.batch_sizes, most,
		left: textWidth(digits(most)) + GAP,
		svg: svg('svg', {
			role: 'img', 'aria-labelledby': `${id}-title ${id}-desc`,
		}),
	};
	const box = html('div', {}, [html('div', {}, result.policy), plot.svg]);

	sized(box, (width) => drawSizes(plot, width), PAPER / 2);
	return box;
}

/* Of every policy, or nothing if there was no batch. */
function histogram(results) {
	const sizes = results.flatMap((result) => result.batch_sizes || []);
	const most = Math.max(0, ...sizes.map(batches));

	if (!most)
		return [];
	return [html('figure', { class: 'wide' }, [
		html('figcaption', {},
			'Unmap batches by their number of operations'),
		legend(OUTCOMES),
		html('div', { class: 'plots' },
			results.map((result) => sizesOf(result, most)))])];
}
