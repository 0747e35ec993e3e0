#!/usr/bin/env bash
# react-use-cart 1.14.0: `addItem` looks for the product in the items of the last render. Two calls in one event, such as a button
# "buy the set" that adds two cups and a pot in three calls, see the cart as it was before. With a cup in the cart two further ones
# make two, not three. In an empty cart they make two lines with one id, and setting the quantity of that id to 3 makes six cups.
# Expected: three cups, and one line of two, as with calls in two events. The library has a reducer, which knows the present items.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps react-use-cart@1.14.0 react@18.3.1 react-test-renderer@18.3.1
cat >run.cjs <<'JS'
const assert = require('node:assert/strict');
const React = require('react');
const { act, create } = require('react-test-renderer');
const { CartProvider, useCart } = require('react-use-cart');

globalThis.IS_REACT_ACT_ENVIRONMENT = true;
const cup = { id: 'cup', price: 500 };

/** The lines and their total after some events, each of which is a list of steps that use the cart of one render. */
function after(...events) {
  let cart;
  const Page = () => ((cart = useCart()), null);
  act(() => void create(React.createElement(CartProvider, { id: 'cart', storage: (_, text) => React.useState(text) }, React.createElement(Page))));
  for (const steps of events) {
    act(() => {
      const { addItem, updateItemQuantity } = cart;
      for (const step of steps) step({ addItem, updateItemQuantity });
    });
  }
  return [...cart.items.map(({ id, quantity }) => `${quantity} ${id}`), cart.cartTotal];
}

const add = ({ addItem }) => addItem(cup);
const three = ({ updateItemQuantity }) => updateItemQuantity('cup', 3);
const seen = {
  'one by one': after([add], [add], [add]),
  'one, then two in an event': after([add], [add, add]),
  'two in an event': after([add, add]),
  'two in an event, then three': after([add, add], [three]),
};
console.log(seen);
assert.deepEqual(seen, {
  'one by one': ['3 cup', 1500],
  'one, then two in an event': ['2 cup', 1000],
  'two in an event': ['1 cup', '1 cup', 1000],
  'two in an event, then three': ['3 cup', '3 cup', 3000],
});
JS
node run.cjs
