// A program to capture: orders that are opened, changed and closed on the heap of V8. node orders.js
let seed = 17;
const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
const orders = new Map();
let next = 0;
for (;;) {
  orders.set(next, { id: next, customer: `c${random(5000)}`, lines: [], total: 0 });
  next++;
  for (let i = 0; i < 3; i++) {
    const order = orders.get(next - 1 - random(Math.min(next, 20000)));
    if (order) {
      order.lines.push({ sku: random(900), count: 1 + random(9), price: random(10000) / 100 });
      order.total += order.lines[order.lines.length - 1].price;
    }
  }
  orders.delete(next - 20000);
}
