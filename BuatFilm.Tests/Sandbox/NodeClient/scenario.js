"use strict";

// Midtrans' own client for Node against the stand-in: nothing is changed but the two base URLs.
// Arguments: the stand-in's address, the address of /sandbox/api, the server key. The last line says what was seen.
const assert = require("node:assert/strict");
const { CoreApi, MidtransError, Snap } = require("midtrans-client");
const ApiConfig = require("midtrans-client/lib/apiConfig");

const [standIn, sandbox, serverKey] = process.argv.slice(2);
ApiConfig.CORE_SANDBOX_BASE_URL = standIn;
ApiConfig.SNAP_SANDBOX_BASE_URL = `${standIn}/snap/v1`;

const account = { isProduction: false, serverKey, clientKey: "SB-Mid-client-TESTKEY" };
const snap = new Snap(account);
const core = new CoreApi(account);
const seen = [];

const order = (id, amount = 450000) => ({
  transaction_details: { order_id: id, gross_amount: amount },
  item_details: [{ id: "VIDEO", price: amount, quantity: 1, name: "Video profil" }],
  customer_details: { first_name: "Budi", email: "budi@contoh.test", phone: "+6281234567890" },
  credit_card: { secure: true },
});

const pay = async (orderId, method, outcome) => {
  const response = await fetch(`${sandbox}/sandbox/api/pay`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ orderId, method, outcome }),
  });
  assert.equal(response.status, 202, await response.text());
};

const fails = async (promise, status, says) => {
  const error = await promise.then(() => assert.fail("It went through."), thrown => thrown);
  assert.ok(error instanceof MidtransError, String(error.stack));
  assert.equal(String(error.httpStatusCode), String(status), error.message);
  assert.match(JSON.stringify(error.ApiResponse), says);
};

const step = async (name, run) => {
  await run();
  seen.push(name);
};

const placed = async (id, method, outcome, amount) => {
  await snap.createTransaction(order(id, amount));
  await pay(id, method, outcome);
  const status = await core.transaction.status(id);
  assert.equal(status.order_id, id);
  return status;
};

(async () => {
  await step("create", async () => {
    const created = await snap.createTransaction(order("NODE-1"));
    assert.match(created.token, /^[0-9a-f-]{36}$/);
    assert.equal(created.redirect_url, `${standIn}/snap/v4/redirection/${created.token}`);
    assert.equal((await fetch(created.redirect_url)).status, 200);
  });
  await step("token", async () => assert.match(await snap.createTransactionToken(order("NODE-2")), /^[0-9a-f-]{36}$/));
  await step("redirect url", async () => assert.ok((await snap.createTransactionRedirectUrl(order("NODE-3"))).startsWith(`${standIn}/snap/v4/redirection/`)));

  await step("errors of create", async () => {
    await fails(snap.createTransaction({ transaction_details: { order_id: "NODE-4" } }), 400, /gross_amount/);
    await fails(snap.createTransaction({ ...order("NODE-5"), item_details: [{ id: "X", price: 1, quantity: 1, name: "X" }] }), 400, /gross_amount/);
    await fails(new Snap({ ...account, serverKey: "SB-Mid-server-WRONG" }).createTransaction(order("NODE-6")), 401, /unauthori|denied|server key/i);
  });
  await step("a used order id", async () => {
    await pay("NODE-1", "gopay", "settlement");
    await fails(snap.createTransaction(order("NODE-1")), 400, /order_id/);
  });

  await step("status", async () => {
    const byOrder = await core.transaction.status("NODE-1");
    assert.equal(byOrder.transaction_status, "settlement");
    assert.equal(byOrder.status_code, "200");
    assert.equal(byOrder.gross_amount, "450000.00");
    assert.equal(byOrder.payment_type, "gopay");
    assert.deepEqual(await core.transaction.status(byOrder.transaction_id), byOrder);
    assert.equal((await snap.transaction.status("NODE-1")).transaction_id, byOrder.transaction_id);
    await fails(core.transaction.status("NODE-UNKNOWN"), 404, /404/);
    await fails(core.transaction.status("NODE-2"), 404, /404/);
  });
  await step("notification", async () => {
    const told = await core.transaction.status("NODE-1");
    assert.equal((await core.transaction.notification(told)).transaction_status, "settlement");
  });

  await step("cancel", async () => {
    await placed("NODE-CANCEL", "bank_transfer", "pending");
    assert.equal((await core.transaction.cancel("NODE-CANCEL")).transaction_status, "cancel");
    const { transaction_id: id } = await placed("NODE-CANCEL-2", "bank_transfer", "pending");
    assert.equal((await core.transaction.cancel(id)).order_id, "NODE-CANCEL-2");
    await fails(core.transaction.cancel("NODE-CANCEL"), 412, /412/);
    await fails(core.transaction.cancel("NODE-UNKNOWN"), 404, /404/);
  });
  await step("expire", async () => {
    const { transaction_id: id } = await placed("NODE-EXPIRE", "cstore", "pending");
    assert.equal((await core.transaction.expire(id)).transaction_status, "expire");
    assert.equal((await core.transaction.status("NODE-EXPIRE")).transaction_status, "expire");
    await placed("NODE-EXPIRE-2", "echannel", "pending");
    assert.equal((await core.transaction.expire("NODE-EXPIRE-2")).order_id, "NODE-EXPIRE-2");
  });
  await step("approve", async () => {
    assert.equal((await placed("NODE-APPROVE", "credit_card", "challenge")).fraud_status, "challenge");
    assert.equal((await core.transaction.approve("NODE-APPROVE")).fraud_status, "accept");
    const { transaction_id: id } = await placed("NODE-APPROVE-2", "credit_card", "challenge");
    assert.equal((await core.transaction.approve(id)).transaction_status, "capture");
    await fails(core.transaction.approve("NODE-1"), 412, /412/);
  });
  await step("deny", async () => {
    const { transaction_id: id } = await placed("NODE-DENY", "credit_card", "challenge");
    assert.equal((await core.transaction.deny(id)).transaction_status, "deny");
    await placed("NODE-DENY-2", "credit_card", "challenge");
    assert.equal((await core.transaction.deny("NODE-DENY-2")).fraud_status, "deny");
  });
  await step("refund", async () => {
    const part = await core.transaction.refund("NODE-1", { refund_key: "NODE-1-a", amount: 100000, reason: "Satu hari batal" });
    assert.equal(part.refund_amount, "100000.00");
    const status = await core.transaction.status("NODE-1");
    assert.equal(status.transaction_status, "partial_refund");
    assert.equal(status.refund_amount, "100000.00");
    const rest = await core.transaction.refund(status.transaction_id, { refund_key: "NODE-1-b", amount: 350000 });
    assert.equal(rest.transaction_status, "refund");
    await fails(core.transaction.refund("NODE-1", { refund_key: "NODE-1-c", amount: 1 }), 412, /412/);
    await placed("NODE-DIRECT", "gopay", "settlement");
    assert.equal((await core.transaction.refundDirect("NODE-DIRECT", { refund_key: "d-1", amount: 450000 })).transaction_status, "refund");
    await fails(core.transaction.refund("NODE-UNKNOWN", { amount: 1 }), 404, /404/);
  });

  console.log(JSON.stringify(seen));
})().catch(error => {
  console.error(`After: ${seen.join(", ")}`);
  console.error(error);
  process.exitCode = 1;
});
