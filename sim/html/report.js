/*
 * Results side by side.  The element "data" holds
 *
 *	{ version, counters: [{ path, type, worse, text }], policies,
 *	  titles: [one for each trace],
 *	  results: [tlbsim-result/1, trace by trace] }
 */

const report = data('data');

function value(result, path) {
	const [group, name] = path.split('.');

	return result[group][name];
}

function shown(result, counter) {
	const number = value(result, counter.path);

	if (number === null)
		return 'not checked';
	return counter.type === 'percent' ? percent(number) : digits(number);
}

/* ---- charts -------------------------------------------------------------- */

const DECISIONS = [
	{ name: 'avoided', path: 'flush.avoided', fill: 0 },
	{ name: 'performed', path: 'flush.performed', fill: 1 },
];
const CAUSES = [
	{ name: 'TLB hits', path: 'cycles.translate', fill: 0 },
	{ name: 'walks', path: 'cycles.walk', fill: 4 },
	{ name: 'flushes', path: 'cycles.flush', fill: 1 },
	{ name: 'shootdowns', path: 'cycles.ipi', fill: 5 },
	{ name: 'hypercalls', path: 'cycles.hypercall', fill: 2 },
];
const SINGLE = [
	{ title: 'CPUs interrupted', path: 'flush.ipis', fill: 5 },
	{ title: 'False flushes: nothing to evict', path: 'flush.false',
		fill: 3 },
	{ title: 'Violations: invariants broken', path: 'oracle.violations',
		fill: 5, alarm: true },
	{ title: 'Stale uses', path: 'oracle.stale_uses', fill: 5,
		alarm: true },
];

function rowsOf(results, parts) {
	return results.map((result) => ({
		name: result.policy,
		parts: parts.map((part) => ({
			...part, value: value(result, part.path),
		})),
	}));
}

function decisions(results) {
	const rows = rowsOf(results, DECISIONS);

	rows.forEach((row, i) => {
		row.label = percent(results[i].flush.avoided_percent) +
			' avoided';
	});
	return bars('Flush decisions', rows);
}

function cycles(results) {
	const rows = rowsOf(results, CAUSES);

	rows.forEach((row, i) => {
		row.label = digits(results[i].cycles.total);
	});
	return put(bars('Cycles by cause', rows), { class: 'wide' });
}

function figures(results) {
	return html('div', { class: 'charts' }, [
		put(decisions(results), { class: 'wide' }),
		...SINGLE.filter((one) => results.some((result) =>
			value(result, one.path) !== null)).map((one) => bars(one.title, rowsOf(results,
			[{ ...one, name: one.title }]), one.alarm)),
		cycles(results),
		...histogram(results),
		...timeline(results),
	]);
}

/* ---- the table ----------------------------------------------------------- */

function isAlarm(path) {
	return path === 'oracle.violations' || path === 'oracle.stale_uses';
}

function cell(result, counter) {
	const bad = isAlarm(counter.path) && value(result, counter.path) > 0;

	return html('td', { class: bad ? 'number bad' : 'number' },
		(bad ? '! ' : '') + shown(result, counter));
}

function counterRow(results, counter) {
	const zero = results.every((r) => value(r, counter.path) === 0);

	return html('tr', { 'data-zero': zero }, [
		html('th', { scope: 'row' },
			html('code', {}, counter.path.split('.')[1])),
		...results.map((result) => cell(result, counter)),
		html('td', { class: 'about' }, counter.text),
	]);
}

function groupBody(results, group) {
	const rows = report.counters
		.filter((counter) => counter.path.split('.')[0] === group)
		.map((counter) => counterRow(results, counter));

	const zero = rows.every((row) => 'zero' in row.dataset);

	return html('tbody', { 'data-zero': zero }, [
		html('tr', {}, html('th', {
			scope: 'rowgroup', colspan: results.length + 2,
		}, group)), ...rows]);
}

function table(results) {
	const groups = new Set(report.counters.map((c) =>
		c.path.split('.')[0]));
	const head = html('tr', {}, [
		html('th', { scope: 'col' }, 'counter'),
		...results.map((result) => html('th', {
			scope: 'col', class: 'number',
		}, result.policy)),
		html('th', { scope: 'col' }, 'what it counts')]);

	return html('div', { class: 'scroll', tabindex: 0, role: 'region',
		'aria-label': 'counters' }, html('table', { class: 'counters' }, [
		html('caption', {}, 'Counters'),
		html('thead', {}, head),
		...[...groups].map((group) => groupBody(results, group))]));
}

/* ---- words --------------------------------------------------------------- */

/* Policies that fail alike fail in one line. */
function firsts(results) {
	const policies = new Map();

	for (const result of results) {
		const first = result.oracle.first;

		if (first)
			policies.set(first, [...policies.get(first) || [],
				result.policy]);
	}
	return [...policies].map(([first, names]) => html('p', {}, [
		html('span', { class: 'bad' }, '! ' + names.join(', ')),
		': ' + first]));
}

function list(title, items) {
	return items.length ? [html('h2', {}, title),
		html('ul', {}, items.map((item) => html('li', {}, item)))] : [];
}

function inspects(results) {
	return results.filter((result) => result.inspect.length)
		.flatMap((result) => [
			html('h2', {}, `inspect under ${result.policy}`),
			html('pre', { tabindex: 0 },
				result.inspect.join('\n'))]);
}

/* ---- one trace ----------------------------------------------------------- */

function resultsOf(i) {
	return report.results.slice(i * report.policies,
		(i + 1) * report.policies);
}

function nameOf(result) {
	return result.trace === '-' ? 'standard input' : result.trace;
}

function fill(details, i) {
	const results = resultsOf(i);
	const where = `${nameOf(results[0])} on ${results[0].machine}`;
	const seed = results[0].seed ? `, seed ${results[0].seed}` : '';

	if (details.children.length > 1)
		return;
	details.append(
		html('p', { class: 'faint' }, where + seed),
		...firsts(results),
		figures(results),
		table(results),
		...list('Incomplete', results[0].incomplete),
		...inspects(results));
	showZeros();
}

/* What a trace is about; drawn when it is opened. */
function trace(i) {
	const details = html('details', { id: `trace${i}`, 'data-trace': i },
		html('summary', {}, report.titles[i] || nameOf(resultsOf(i)[0])));

	details.addEventListener('toggle', () => fill(details, i));
	return details;
}

/* ---- several traces ------------------------------------------------------ */

function overviewRow(i) {
	const results = resultsOf(i);
	const batches = results[0].flush.batches;

	return html('tr', {}, [
		html('th', { scope: 'row' },
			html('a', { href: `#trace${i}` }, nameOf(results[0]))),
		html('td', { class: 'number' }, digits(batches)),
		...results.map((result) => {
			const bad = result.oracle.violations > 0;

			return html('td', {
				class: bad ? 'number bad' : 'number',
			}, (bad ? '! ' : '') +
				percent(result.flush.avoided_percent));
		}),
	]);
}

function overview() {
	return html('div', { class: 'scroll', tabindex: 0, role: 'region',
		'aria-label': 'overview' }, html('table', {}, [
		html('caption', {},
			'Flushes avoided; ! broke an invariant on the way'),
		html('thead', {}, html('tr', {}, [
			html('th', { scope: 'col' }, 'trace'),
			html('th', { scope: 'col', class: 'number' },
				'batches'),
			...resultsOf(0).map((result) => html('th', {
				scope: 'col', class: 'number',
			}, result.policy)),
		])),
		html('tbody', {}, report.titles.map((_, i) => overviewRow(i))),
	]));
}

/* ---- the page ------------------------------------------------------------ */

function showZeros() {
	for (const row of document.querySelectorAll('[data-zero]'))
		row.hidden = !byId('zeros').checked;
}

function save() {
	const blob = new Blob([JSON.stringify(report.results, null, 2), '\n'],
		{ type: 'application/json' });
	const link = html('a', {
		href: URL.createObjectURL(blob), download: 'report.json',
	});

	link.click();
	URL.revokeObjectURL(link.href);
}

function openAll() {
	for (const details of document.querySelectorAll('[data-trace]')) {
		fill(details, Number(details.dataset.trace));
		details.open = true;
	}
}

/* "#trace3" leads to the fourth trace, open. */
function openTarget() {
	const details = location.hash && byId(location.hash.slice(1));

	if (details && 'trace' in details.dataset) {
		fill(details, Number(details.dataset.trace));
		details.open = true;
		details.scrollIntoView();
	}
}

function start() {
	const traces = report.titles.map((_, i) => trace(i));

	byId('what').textContent =
		plural(report.titles.length, 'trace', 'traces') + ', ' +
		plural(report.policies, 'policy', 'policies') +
		`; tlbsim ${report.version}`;
	if (traces.length > 1)
		byId('main').append(overview());
	byId('main').append(...traces);
	if (traces.length === 1)
		traces[0].open = true;
	byId('zeros').addEventListener('change', showZeros);
	byId('save').addEventListener('click', save);
	addEventListener('beforeprint', openAll);
	addEventListener('hashchange', openTarget);
	openTarget();
}

start();
