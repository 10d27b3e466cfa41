/*
 * A stepper.  The element "data" holds
 *
 *	{ machine: { caches: [{ name, entries }], reasons: { name: text } },
 *	  told: tlbsim-steps/1, left_out: steps that are not here }
 */

const { machine, told, left_out: leftOut } = data('data');
const { steps } = told;

/* ---- the steps of an event ----------------------------------------------- */

const AROUND = 12;

function stepItem(step, i, current) {
	const button = html('button', {
		type: 'button', class: isAlarm(step) ? 'bad' : null,
		'aria-current': i === current ? 'step' : null,
	}, (isAlarm(step) ? '! ' : '') + words(step));

	button.addEventListener('click', () => go(i));
	return html('li', {}, button);
}

/* In the list alone: the page stays where it is. */
function bringIntoSight(list) {
	const item = list.querySelector('[aria-current]');
	const box = list.getBoundingClientRect();
	const place = item && item.getBoundingClientRect();

	if (item)
		list.scrollTop += place.top - box.top -
			(box.height - place.height) / 2;
}

/* Those near the current one. */
function drawSteps(current) {
	const { event } = steps[current];
	const items = [];

	for (let i = Math.max(0, current - AROUND);
		i < Math.min(steps.length, current + AROUND); i++)
		if (steps[i].event === event && steps[i].step !== 'event' &&
			steps[i].step !== 'end')
			items.push(stepItem(steps[i], i, current));
	byId('steps').replaceChildren(...items);
	bringIntoSight(byId('steps'));
}

/* ---- a walk -------------------------------------------------------------- */

const BITS = [[0, 'P'], [1, 'RW'], [2, 'US'], [5, 'A'], [6, 'D'], [7, 'PS'],
	[8, 'G'], [63, 'XD']];

/* The bits of an entry; what the step set stands out. */
function bitBadges(before, after) {
	return BITS.filter(([bit]) => BigInt(after) >> BigInt(bit) & 1n)
		.map(([bit, name]) => {
			const fresh = !(BigInt(before) >> BigInt(bit) & 1n);

			return html('span', { class: fresh ? 'bit new' : 'bit' },
				(fresh ? '+' : '') + name);
		});
}

function levelBox(level) {
	return html('li', { class: level.read ? 'level' : 'level unread' }, [
		html('strong', {}, level.level),
		html('code', {}, `at ${level.entry}`),
		html('code', {}, level.after),
		html('span', {}, bitBadges(level.before, level.after)),
		html('span', { class: 'faint' },
			level.read ? 'read' : 'not read'),
	]);
}

function endBox(step) {
	const good = step.end === 'ok' && !isStale(step);

	return html('li', { class: good ? 'level end' : 'level end wrong' }, [
		html('strong', { class: good ? null : 'bad' },
			isStale(step) ? '! stale' : step.end),
		html('code', {}, step.end === 'ok' ? step.paddr :
			`error code ${step.error_code}`),
		html('span', { class: 'faint' }, step.served === 'walk' ?
			'by a walk' : `by the ${step.served} TLB`),
	]);
}

function drawWalk(state) {
	const step = state.access;

	byId('walk-of').textContent = step === null ? 'none so far' :
		(step === state.step ? '' : 'The last one: ') + accessWords(step);
	byId('walk').classList.toggle('past', step !== state.step);
	byId('walk').replaceChildren(...step === null ? [] :
		[...step.levels.map(levelBox), endBox(step)]);
}

/* ---- caches -------------------------------------------------------------- */

const SIGNS = { filled: '+ ', updated: '+ ', stale: '! ', dropped: '− ' };
const CELLS = 64;

function rights(entry) {
	return [entry.writable && 'writable', entry.user && 'user',
		entry.executable && 'executable', entry.dirty && 'dirty',
		entry.global && 'global'].filter(Boolean).join(', ');
}

function cacheCell(entry) {
	const mark = entry.stale && entry.mark !== 'dropped' ? 'stale' :
		entry.mark;

	return html('li', {
		class: `cell ${mark || ''}`,
		title: `${entry.va} → ${entry.paddr}, ${entry.size}, PCID ` +
			`${entry.pcid}: ${rights(entry)}`,
	}, (SIGNS[mark] || '') + entry.va);
}

/* As many cells as there are entries, as far as that can be looked at. */
function cacheGrid(name, entries) {
	const held = [...entries.values()];
	const count = held.filter((e) => e.mark !== 'dropped').length;
	const known = machine.caches.find((cache) => cache.name === name);
	const size = known && known.entries;
	const rest = Math.max(0, held.length - CELLS);
	const free = size && size <= CELLS ? Math.max(0, size - count) : 0;

	return html('div', { class: 'cache', 'data-cache': name }, [
		html('h4', {}, `${name}: ${count}` +
			(size ? ` of ${digits(size)}` : '')),
		html('ul', { class: 'grid' }, [
			...held.slice(-CELLS).map(cacheCell),
			...Array.from({ length: free }, () => html('li', {
				class: 'free', 'aria-hidden': 'true',
			})),
		]),
		rest ? html('p', { class: 'faint' }, `and ${digits(rest)} more`)
			: '',
	]);
}

function cpuBox(number, cpu) {
	const runs = cpu.domain === undefined ? '' : cpu.domain === null ?
		', idle' : `, runs domain ${cpu.domain}`;
	const caches = [...cpu.caches].filter(([, entries]) => entries.size);

	return html('div', { class: 'cpu', 'data-cpu': number }, [
		html('h3', {}, `CPU ${number}${runs}`),
		...caches.length ?
			caches.map(([name, held]) => cacheGrid(name, held)) :
			[html('p', { class: 'faint' }, 'nothing is cached')],
	]);
}

function drawCaches(state) {
	const cpus = [...state.cpus].sort(([a], [b]) => a - b);

	byId('caches').replaceChildren(...cpus.length ?
		cpus.map(([number, cpu]) => cpuBox(number, cpu)) :
		[html('p', { class: 'faint' }, 'nothing is cached so far')]);
}

/* ---- tables -------------------------------------------------------------- */

const ROWS = 16;

function table(heads, rows) {
	return html('table', {}, [
		html('thead', {}, html('tr', {}, heads.map((head) =>
			html('th', { scope: 'col' }, head)))),
		html('tbody', {}, rows)]);
}

function row(mark, cells) {
	return html('tr', { class: mark }, cells.map((cell, i) =>
		html('td', {}, i === 0 && mark ?
			[html('span', { class: 'good' }, '• '), cell] : cell)));
}

/* The newest first. */
function drawTable(id, heads, all, cells) {
	const some = all.slice(-ROWS).reverse();
	const rest = all.length - some.length;

	byId(id).replaceChildren(...some.length ? [table(heads,
		some.map((one) => row(one.mark, cells(one))))] :
		[html('p', { class: 'faint' }, 'none so far')],
	rest ? html('p', { class: 'faint' }, `and ${digits(rest)} more`) : '');
}

function drawTables(state) {
	drawTable('grants', ['grant', 'frame', 'pins', 'mapped by'],
		[...state.grants.values()], (grant) => [
			`domain ${grant.domain}, reference ${grant.ref}`,
			grant.frame,
			(grant.mapped.size ? '' : 'were: ') +
				pinWords(grant.pins),
			[...grant.mapped].join(', ') || 'no entry',
		]);
	drawTable('entries', ['entry', 'level', 'bits', 'leads to'],
		[...state.entries].map(([at, entry]) => ({ at, ...entry })),
		(entry) => [entry.at, entry.level || '', entry.bits,
			frameWords(entry.frame)]);
}

/* ---- going --------------------------------------------------------------- */

let state = null;

function eventText(number) {
	const begin = steps.find((s) => s.step === 'event' &&
		s.event === number);

	return begin ? `Event ${number}, line ${begin.line}: ${begin.text}` :
		'One translation';
}

function draw(current) {
	const step = steps[current];

	byId('event').textContent = eventText(step.event);
	byId('now').textContent = step.step === 'event' ? 'It begins.' :
		(isAlarm(step) ? '! ' : '') + words(step);
	byId('now').className = isAlarm(step) ? 'bad' : '';
	byId('position').textContent =
		`Step ${digits(current + 1)} of ${digits(steps.length)}`;
	byId('slider').value = current;
	byId('first').disabled = byId('previous').disabled = current === 0;
	byId('next').disabled = current + 1 === steps.length;
	byId('nextEvent').disabled = eventAfter(current) === current;
	byId('nextAlarm').disabled = alarmAfter(current) === current;
	drawSteps(current);
	drawWalk(state);
	drawCaches(state);
	drawTables(state);
}

function go(number) {
	const to = Math.max(0, Math.min(steps.length - 1, number));

	state = stateAfter(steps, to, state);
	draw(to);
	history.replaceState(null, '', `#${to}`);
}

/* The first step behind @from that is so, or @from. */
function after(from, is) {
	const rest = steps.slice(from + 1).findIndex(is);

	return rest < 0 ? from : from + 1 + rest;
}

function eventAfter(from) {
	return after(from, (step) => step.step === 'event');
}

function alarmAfter(from) {
	return after(from, isAlarm);
}

function eventBefore(from) {
	for (let i = from - 1; i > 0; i--)
		if (steps[i].step === 'event')
			return i;
	return 0;
}

const KEYS = {
	ArrowRight: () => go(state.number + 1),
	ArrowLeft: () => go(state.number - 1),
	PageDown: () => go(eventAfter(state.number)),
	PageUp: () => go(eventBefore(state.number)),
	Home: () => go(0),
	End: () => go(steps.length - 1),
	n: () => go(alarmAfter(state.number)),
};

/* The slider has keys of its own. */
function onKey(event) {
	if (!KEYS[event.key] || event.ctrlKey || event.altKey ||
		event.metaKey || event.target.id === 'slider')
		return;
	event.preventDefault();
	KEYS[event.key]();
}

/* ---- the page ------------------------------------------------------------ */

function eventItem(step, i) {
	const button = html('button', { type: 'button' },
		`${step.event}: ${step.text}`);

	button.addEventListener('click', () => {
		go(i);
		scrollTo(0, 0);
	});
	return html('li', {}, button);
}

function paragraphs(text) {
	return text.split('\n').filter(Boolean)
		.map((line) => html('p', {}, line));
}

/* An answer waits until it is asked for. */
function drawQuestion() {
	const answer = byId('answer');

	byId('question').append(...paragraphs(told.question || ''));
	answer.hidden = !told.answer;
	answer.querySelector('div').append(...paragraphs(told.answer || ''));
}

/* What is not on the page. */
function notes() {
	const from = steps[0].event;
	const before = html('p', { class: 'faint' }, `What happened before ` +
		`event ${from} is not on this page, nor what was cached then.`);
	const behind = html('p', { class: 'bad', id: 'left-out' },
		`${plural(leftOut, 'step', 'steps')} more did not fit on this ` +
		`page, from event ${steps[steps.length - 1].event} on; ` +
		'explain --from shows them.');

	return [...from ? [before] : [], ...leftOut ? [behind] : []];
}

function listen() {
	byId('first').addEventListener('click', KEYS.Home);
	byId('previous').addEventListener('click', KEYS.ArrowLeft);
	byId('next').addEventListener('click', KEYS.ArrowRight);
	byId('nextEvent').addEventListener('click', KEYS.PageDown);
	byId('nextAlarm').addEventListener('click', KEYS.n);
	byId('slider').addEventListener('input', (event) =>
		go(Number(event.target.value)));
	addEventListener('keydown', onKey);
}

function start() {
	byId('title').textContent = told.title || told.trace;
	byId('what').textContent =
		`${told.trace}, policy ${told.policy}, on ${told.machine}`;
	drawQuestion();
	document.title = `${told.title || told.trace} - tlbsim`;
	if (!steps.length) {
		byId('now').textContent = 'Nothing happened.';
		return;
	}
	byId('what').after(...notes());
	byId('slider').max = steps.length - 1;
	byId('events').append(...steps.flatMap((step, i) =>
		step.step === 'event' ? [eventItem(step, i)] : []));
	listen();
	go(Number(location.hash.slice(1)) || 0);
}

start();
