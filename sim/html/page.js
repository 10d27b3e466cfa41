'use strict';

/* What the pages share: making nodes, and saying numbers. */

function put(node, attributes, children) {
	for (const [name, value] of Object.entries(attributes || {}))
		if (value !== null && value !== undefined && value !== false)
			node.setAttribute(name, value === true ? '' : value);
	node.append(...[children === undefined ? [] : children].flat());
	return node;
}

function html(tag, attributes, children) {
	return put(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, children) {
	const namespace = byId('patterns').namespaceURI;

	return put(document.createElementNS(namespace, tag), attributes,
		children);
}

function byId(id) {
	return document.getElementById(id);
}

/* The JSON in the element of this id. */
function data(id) {
	return JSON.parse(byId(id).textContent);
}

/* "1 234 567", by narrow spaces that do not break. */
function digits(number) {
	return String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/* 100% and 0% only if it is exactly that. */
function percent(value) {
	if (value > 99.9 && value < 100)
		return '99.9%';
	if (value > 0 && value < 0.1)
		return '0.1%';
	return value.toFixed(1) + '%';
}

function plural(count, one, many) {
	return digits(count) + ' ' + (count === 1 ? one : many);
}
