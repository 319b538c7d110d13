// The sandbox's shop: places orders as a storefront would, pays in the customer's place, shows what the customer gets,
// and switches the stand-ins. Everything foreign is set as text; mails are shown in a frame that may do nothing.
(() => {
  "use strict";

  const lang = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "id";
  const texts = {
    id: {
      title: "Toko contoh",
      lead: "Coba seluruh alurnya sebagai pelanggan: pesan, bayar, baca pesan yang masuk, lalu matikan salah satu layanan dan lihat apa yang terjadi. Tidak ada uang atau pesan yang keluar dari komputer ini.",
      language: "Bahasa",
      console: "Buka konsol ops",
      order: "Buat pesanan",
      products: "Pilih paket",
      name: "Nama",
      email: "Email",
      phone: "Nomor WhatsApp",
      total: "Jumlah",
      place: "Pesan sekarang",
      orders: "Pesanan saya",
      noOrders: "Belum ada pesanan dari peramban ini.",
      messages: "Yang diterima pelanggan",
      messagesLead: "Email dan WhatsApp untuk pesanan di sebelah, persis seperti yang dilihat pelanggan. Yang terbaru di atas.",
      noMessages: "Belum ada pesan. Pesan pertama datang begitu pesanan dibayar.",
      switches: "Ganggu layanan",
      switchesLead: "Buat satu layanan bermasalah, lalu pesan dan bayar seperti biasa. Lihat pemutus arus, tingkat layanan, dan antrean di konsol ops.",
      placing: "Mengirim pesanan …",
      placed: "Pesanan {0} diterima. Silakan bayar di bawah.",
      queued: "Pesanan {0} diterima, tetapi Midtrans sedang tidak menjawab. Tautan pembayaran dikirim lewat email dan WhatsApp begitu Midtrans kembali.",
      chooseOne: "Pilih paling sedikit satu paket.",
      failed: "Toko tidak bisa menerimanya: {0}",
      away: "Aplikasi tidak menjawab. Apakah masih berjalan?",
      method: "Cara bayar untuk {0}",
      pay: "Bayar",
      decline: "Tolak",
      payPage: "Halaman pembayaran",
      inConsole: "Lihat di konsol",
      paying: "Pembayaran dikirim; Midtrans memberi tahu toko …",
      whatsapp: "WhatsApp ke {0}, {1}",
      mail: "Email ke {0}, {1}",
      mailFrame: "Isi email: {0}",
      service: { midtrans: "Midtrans (pembayaran)", smtp: "Server email", whatsapp: "WhatsApp" },
      mode: { ok: "Normal", down: "Mati", error: "Galat", slow: "Lambat", hang: "Diam", refuse: "Menolak" },
      what: {
        midtrans: {
          ok: "Menjawab seperti biasa.",
          down: "Sambungan ditolak. Pesanan tetap diterima dan masuk antrean; tautan pembayaran dikirim begitu Midtrans kembali.",
          error: "Setiap panggilan dijawab galat 500. Setelah lima kali pemutus terbuka, pesanan masuk antrean tanpa menunggu.",
          slow: "Menjawab setelah 12 detik, lebih lama daripada batas waktu. Pesanan masuk antrean.",
          hang: "Menerima sambungan lalu diam. Setelah batas waktu, pesanan masuk antrean.",
          refuse: "Menolak pesanan dengan 400. Ini kesalahan pesanan, bukan gangguan: tidak diantrekan dan pemutus tetap tertutup.",
        },
        smtp: {
          ok: "Menerima semua email.",
          down: "Sambungan ditolak. Email menunggu tanpa menghabiskan jatah percobaan, lalu terkirim dalam satu menit setelah kembali.",
          error: "Menjawab 451. Email menunggu dan dicoba lagi.",
          slow: "Menjawab setelah 12 detik. Pengiriman melambat, tidak ada yang hilang.",
          hang: "Menerima sambungan lalu diam. Setelah batas waktu pemutus terbuka dan email menunggu.",
          refuse: "Menolak alamat dengan 550. Itu penolakan tetap: email langsung masuk daftar gagal permanen, pemutus tetap tertutup.",
        },
        whatsapp: {
          ok: "Menerima semua pesan.",
          down: "Sambungan ditolak. Pesan menunggu; email tetap terkirim.",
          error: "Menjawab galat 500. Pesan menunggu dan dicoba lagi.",
          slow: "Menjawab setelah 12 detik, lebih lama daripada batas waktu. Pesan dicoba lagi.",
          hang: "Menerima sambungan lalu diam. Setelah batas waktu pemutus terbuka dan pesan menunggu.",
          refuse: "Nomor tidak bisa menerima WhatsApp (131026). Pesan masuk daftar gagal permanen.",
        },
      },
      off: "Pengaturan memakai layanan asli, jadi tidak ada yang bisa diganggu di sini.",
      switched: "{0}: {1}.",
      status: {
        queued: "Antre, menunggu Midtrans", awaiting_payment: "Menunggu pembayaran", pending: "Menunggu uang masuk", challenge: "Diperiksa Midtrans", authorized: "Diotorisasi", paid: "Lunas",
        denied: "Ditolak", expired: "Kedaluwarsa", cancelled: "Dibatalkan", failed: "Gagal", partially_refunded: "Sebagian dikembalikan", refunded: "Dana dikembalikan",
        partially_charged_back: "Sebagian ditarik bank", charged_back: "Ditarik bank", on_hold: "Ditahan, perlu diperiksa", unknown: "Belum diketahui",
      },
      methods: { credit_card: "Kartu kredit", gopay: "GoPay", qris: "QRIS", shopeepay: "ShopeePay", dana: "DANA", ovo: "OVO", bca: "Transfer BCA", bni: "Transfer BNI", bri: "Transfer BRI", cimb: "Transfer CIMB Niaga", permata: "Transfer Permata", echannel: "Mandiri Bill", indomaret: "Indomaret", alfamart: "Alfamart", akulaku: "Akulaku", kredivo: "Kredivo" },
      items: { profile: "Video profil perusahaan", teaser: "Teaser acara 60 detik", wedding: "Film pernikahan sinematik" },
    },
    en: {
      title: "Sample shop",
      lead: "Try the whole way as a customer: order, pay, read what arrives, then take one of the services down and watch. No money and no message leaves this computer.",
      language: "Language",
      console: "Open the ops console",
      order: "Place an order",
      products: "Choose a package",
      name: "Name",
      email: "E-mail",
      phone: "WhatsApp number",
      total: "Total",
      place: "Place the order",
      orders: "My orders",
      noOrders: "No order from this browser yet.",
      messages: "What the customer gets",
      messagesLead: "E-mail and WhatsApp of these orders, exactly as the customer sees them. The newest on top.",
      noMessages: "Nothing yet. The first message comes when an order is paid.",
      switches: "Disturb a service",
      switchesLead: "Give one service trouble, then order and pay as usual. Watch breakers, level and queue in the ops console.",
      placing: "Sending the order …",
      placed: "Order {0} was taken. Pay it below.",
      queued: "Order {0} was taken, but Midtrans does not answer now. The payment link comes by e-mail and WhatsApp as soon as it is back.",
      chooseOne: "Choose at least one package.",
      failed: "The shop cannot take it: {0}",
      away: "The app does not answer. Is it still running?",
      method: "How to pay {0}",
      pay: "Pay",
      decline: "Decline",
      payPage: "Payment page",
      inConsole: "See it in the console",
      paying: "Payment sent; Midtrans is telling the shop …",
      whatsapp: "WhatsApp to {0}, {1}",
      mail: "E-mail to {0}, {1}",
      mailFrame: "The e-mail: {0}",
      service: { midtrans: "Midtrans (payments)", smtp: "Mail server", whatsapp: "WhatsApp" },
      mode: { ok: "Normal", down: "Down", error: "Errors", slow: "Slow", hang: "Silent", refuse: "Refusing" },
      what: {
        midtrans: {
          ok: "Answers as usual.",
          down: "Connections are refused. Orders are still taken and wait in a queue; the payment link is sent when Midtrans is back.",
          error: "Every call gets a 500. After five the breaker opens and orders are queued without waiting.",
          slow: "Answers after 12 seconds, beyond the deadline. Orders are queued.",
          hang: "Accepts and says nothing. After the deadline orders are queued.",
          refuse: "Refuses the order with 400. That is the order's fault, no outage: it is not queued, and the breaker stays closed.",
        },
        smtp: {
          ok: "Takes every e-mail.",
          down: "Connections are refused. E-mails wait without using up attempts, and arrive within a minute of the return.",
          error: "Answers 451. E-mails wait and are tried again.",
          slow: "Answers after 12 seconds. Delivery slows down, nothing is lost.",
          hang: "Accepts and says nothing. After the deadline the breaker opens and e-mails wait.",
          refuse: "Refuses the address with 550. That is final: the e-mail becomes a dead letter at once, the breaker stays closed.",
        },
        whatsapp: {
          ok: "Takes every message.",
          down: "Connections are refused. Messages wait; e-mail still goes out.",
          error: "Answers 500. Messages wait and are tried again.",
          slow: "Answers after 12 seconds, beyond the deadline. Messages are tried again.",
          hang: "Accepts and says nothing. After the deadline the breaker opens and messages wait.",
          refuse: "The number cannot receive WhatsApp (131026). The message becomes a dead letter.",
        },
      },
      off: "The settings name the real service, so there is nothing to disturb here.",
      switched: "{0}: {1}.",
      status: {
        queued: "Queued, waiting for Midtrans", awaiting_payment: "Awaiting payment", pending: "Waiting for the money", challenge: "Being checked by Midtrans", authorized: "Authorized", paid: "Paid",
        denied: "Denied", expired: "Expired", cancelled: "Cancelled", failed: "Failed", partially_refunded: "Partly refunded", refunded: "Refunded",
        partially_charged_back: "Partly charged back", charged_back: "Charged back", on_hold: "On hold, needs a person", unknown: "Not known yet",
      },
      methods: { credit_card: "Credit card", gopay: "GoPay", qris: "QRIS", shopeepay: "ShopeePay", dana: "DANA", ovo: "OVO", bca: "BCA transfer", bni: "BNI transfer", bri: "BRI transfer", cimb: "CIMB Niaga transfer", permata: "Permata transfer", echannel: "Mandiri Bill", indomaret: "Indomaret", alfamart: "Alfamart", akulaku: "Akulaku", kredivo: "Kredivo" },
      items: { profile: "Company profile video", teaser: "Event teaser, 60 seconds", wedding: "Cinematic wedding film" },
    },
  };
  const T = texts[lang];

  const products = [{ id: "profile", price: 4500000 }, { id: "teaser", price: 1250000 }, { id: "wedding", price: 8750000 }];
  const banks = ["bca", "bni", "bri", "cimb", "permata"];
  const stores = ["indomaret", "alfamart"];
  const tones = { paid: "good", queued: "wait", awaiting_payment: "wait", pending: "wait", challenge: "wait", authorized: "wait", denied: "bad", expired: "bad", cancelled: "bad", failed: "bad", on_hold: "bad" };
  const payable = ["awaiting_payment", "pending", "challenge", "authorized"];
  const slowMs = 12000;

  const $ = id => document.getElementById(id);
  const say = (text, ...values) => values.reduce((said, value, i) => said.replaceAll(`{${i}}`, value), text);
  const rupiah = amount => "Rp" + String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, ".");
  const clock = at => new Intl.DateTimeFormat("id-ID", { timeZone: "Asia/Jakarta", hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(at)) + " WIB";

  const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag);
    const { data = {}, ...rest } = properties;
    Object.assign(element.dataset, data);
    for (const [name, value] of Object.entries(rest)) {
      if (name in element) {
        element[name] = value;
      } else {
        element.setAttribute(name, value);
      }
    }

    element.append(...children);
    return element;
  };

  const answer = (element, tone, text) => {
    element.dataset.tone = tone;
    element.textContent = text;
  };

  const call = async (path, options) => {
    const response = await fetch(`/sandbox/api/${path}`, options);
    const body = await response.json().catch(() => ({}));
    return { status: response.status, body };
  };

  const post = (path, body, headers = {}) => call(path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });

  // Orders of this browser, newest first; the shop itself knows no more of its visitors.
  const key = "buatfilm-sandbox-orders";
  let mine = [];
  try {
    mine = JSON.parse(localStorage.getItem(key) ?? "[]").filter(id => typeof id === "string").slice(0, 20);
  } catch {
    mine = [];
  }

  const remember = orderId => {
    mine = [orderId, ...mine.filter(id => id !== orderId)].slice(0, 20);
    try {
      localStorage.setItem(key, JSON.stringify(mine));
    } catch {
      // Forgotten with the page.
    }
  };

  const fill = () => {
    document.documentElement.lang = lang;
    document.title = `${T.title} · BuatFilm`;
    for (const element of document.querySelectorAll("[data-text]")) {
      element.textContent = T[element.dataset.text];
    }

    document.querySelector("nav").setAttribute("aria-label", T.language);
    document.querySelector(`nav a[lang="${lang}"]`).setAttribute("aria-current", "true");
    for (const [i, product] of products.entries()) {
      $("products").append(make("label", { className: "product" },
        make("input", { type: "checkbox", name: "product", value: product.id, checked: i === 0 }),
        make("span", { textContent: T.items[product.id] }),
        make("b", { className: "price", textContent: rupiah(product.price) })));
    }
  };

  const chosen = () => products.filter(product => $("order").querySelector(`[value="${product.id}"]`).checked);
  const total = () => { $("total").textContent = rupiah(chosen().reduce((sum, product) => sum + product.price, 0)); };

  // One key for one order, however often the button sends it again after a failure.
  let attempt = null;
  const place = async event => {
    event.preventDefault();
    const form = $("order");
    const said = $("order-answer");
    const items = chosen();
    if (items.length === 0) {
      answer(said, "bad", T.chooseOne);
      return;
    }

    const order = {
      customer: { name: form.elements.name.value, email: form.elements.email.value, phone: form.elements.phone.value },
      items: items.map(product => ({ id: product.id, name: T.items[product.id], price: product.price, quantity: 1 })),
      locale: lang,
    };
    const wanted = JSON.stringify(order);
    if (attempt?.wanted !== wanted) {
      attempt = { wanted, key: crypto.randomUUID() };
    }

    const button = form.querySelector("button");
    button.disabled = true;
    answer(said, "wait", T.placing);
    try {
      const { status, body } = await post("orders", order, { "Idempotency-Key": attempt.key });
      if (status === 201 || status === 202) {
        attempt = null;
        remember(body.orderId);
        answer(said, status === 201 ? "good" : "wait", say(status === 201 ? T.placed : T.queued, body.orderId));
        await refreshOrders();
      } else {
        answer(said, "bad", say(T.failed, body.title ?? status));
      }
    } catch {
      answer(said, "bad", T.away);
    } finally {
      button.disabled = false;
    }
  };

  const rows = new Map();
  const row = orderId => {
    if (rows.has(orderId)) {
      return rows.get(orderId);
    }

    const state = make("span", { className: "state", textContent: T.status.unknown });
    const amount = make("span", { className: "price" });
    const method = make("select", { "aria-label": say(T.method, orderId) }, ...Object.entries(T.methods).map(([value, label]) => make("option", { value, textContent: label })));
    const pay = make("button", { type: "button", className: "primary", textContent: T.pay, data: { pay: orderId } });
    const decline = make("button", { type: "button", textContent: T.decline, data: { decline: orderId } });
    const choices = make("div", { className: "pay", hidden: true }, method, pay, decline);
    const page = make("a", { target: "_blank", rel: "noopener", textContent: T.payPage, hidden: true });
    const said = make("p", { className: "answer", role: "status" });
    const send = async isPaid => {
      const value = method.value;
      const type = banks.includes(value) ? { method: "bank_transfer", bank: value } : stores.includes(value) ? { method: "cstore", store: value } : { method: value };
      const outcome = isPaid ? (value === "credit_card" ? "capture" : "settlement") : "deny";
      pay.disabled = decline.disabled = true;
      try {
        const { status, body } = await post("pay", { orderId, ...type, outcome });
        answer(said, status === 202 ? "wait" : "bad", status === 202 ? T.paying : say(T.failed, body.title ?? status));
      } catch {
        answer(said, "bad", T.away);
      } finally {
        pay.disabled = decline.disabled = false;
      }
    };
    pay.addEventListener("click", () => send(true));
    decline.addEventListener("click", () => send(false));

    const element = make("li", { data: { order: orderId } },
      make("div", { className: "order-head" }, make("b", { textContent: orderId }), state),
      amount,
      choices,
      make("div", { className: "links" }, page, make("a", { href: `/orders/${encodeURIComponent(orderId)}`, textContent: T.inConsole })),
      said);
    const made = { element, state, amount, choices, page, said, known: null };
    rows.set(orderId, made);
    return made;
  };

  const show = (orderId, order) => {
    const shown = row(orderId);
    const status = order?.status ?? "unknown";
    if (shown.known !== status) {
      shown.state.textContent = T.status[status] ?? status;
      shown.state.dataset.tone = tones[status] ?? "wait";
      if (shown.known !== null) {
        answer(shown.said, "good", "");
      }

      shown.known = status;
    }

    shown.amount.textContent = order ? rupiah(order.grossAmount) : "";
    shown.choices.hidden = !payable.includes(status);
    shown.page.hidden = !order?.redirectUrl;
    if (order?.redirectUrl && /^http:\/\/127\.0\.0\.1:/.test(order.redirectUrl)) {
      shown.page.href = order.redirectUrl;
    }
  };

  const refreshOrders = async () => {
    $("no-orders").hidden = mine.length > 0;
    const answers = await Promise.all(mine.map(orderId => call(`orders/${encodeURIComponent(orderId)}`)));
    const wanted = mine.filter((orderId, i) => answers[i].status !== 404);
    for (const [i, orderId] of mine.entries()) {
      if (answers[i].status === 200) {
        show(orderId, answers[i].body);
      } else if (answers[i].status === 404) {
        rows.get(orderId)?.element.remove(); // Another database than last time.
        rows.delete(orderId);
      } else {
        row(orderId);
      }
    }

    mine = wanted;
    $("no-orders").hidden = mine.length > 0;
    const list = $("orders");
    for (const [i, orderId] of mine.entries()) {
      if (list.children[i] !== rows.get(orderId).element) {
        list.insertBefore(rows.get(orderId).element, list.children[i] ?? null);
      }
    }
  };

  const seen = new Set();
  const refreshMessages = async () => {
    const { status, body } = await call("messages");
    if (status !== 200) {
      return;
    }

    for (const [i, message] of body.entries()) {
      const id = `${message.at}|${message.channel}|${message.messageId}`;
      if (seen.has(id) || !mine.includes(message.orderId)) {
        continue;
      }

      seen.add(id);
      const isMail = message.channel === "email";
      const head = make("p", { className: "message-head", textContent: say(isMail ? T.mail : T.whatsapp, message.recipient, clock(message.at)) });
      const content = isMail
        ? make("div", { className: "mail" },
          make("h3", { textContent: message.subject ?? "" }),
          message.html
            ? make("iframe", { src: `/sandbox/mail?at=${encodeURIComponent(message.at)}&id=${encodeURIComponent(message.messageId ?? "")}`, sandbox: "", title: say(T.mailFrame, message.subject ?? ""), loading: "lazy" })
            : make("p", { className: "bubble", textContent: message.body }))
        : make("div", { className: "bubble", textContent: message.body });
      $("messages").prepend(make("li", { data: { channel: message.channel, of: message.orderId } }, head, content));
      $("no-messages").hidden = true;
    }
  };

  const drawSwitches = () => {
    for (const service of Object.keys(T.service)) {
      const what = make("p", { data: { what: service } });
      const modes = Object.keys(T.mode).map(mode => {
        const input = make("input", { type: "radio", name: service, value: mode });
        input.addEventListener("change", () => change(service, mode));
        return make("label", {}, input, make("span", { textContent: T.mode[mode] }));
      });
      $("switches").append(make("fieldset", { className: "switch", data: { service } }, make("legend", { textContent: T.service[service] }), make("div", { className: "modes" }, ...modes), what));
    }
  };

  const mark = (service, mode) => {
    const box = document.querySelector(`[data-service="${service}"]`);
    box.disabled = mode === null;
    box.querySelector("[data-what]").textContent = mode === null ? T.off : T.what[service][mode];
    const input = mode === null ? null : box.querySelector(`[value="${mode}"]`);
    if (input && !input.checked) {
      input.checked = true;
    }
  };

  const change = async (service, mode) => {
    try {
      const { status, body } = await post("faults", mode === "slow" ? { service, mode, delayMs: slowMs } : { service, mode });
      answer($("switch-answer"), status === 200 ? "good" : "bad", status === 200 ? say(T.switched, T.service[service], T.mode[mode]) : say(T.failed, body.title ?? status));
    } catch {
      answer($("switch-answer"), "bad", T.away);
    }

    await refreshSwitches();
  };

  const refreshSwitches = async () => {
    const { status, body } = await call("faults");
    if (status === 200) {
      for (const service of Object.keys(T.service)) {
        mark(service, body[service]?.mode ?? null);
      }
    }
  };

  const follow = async () => {
    try {
      await Promise.all([refreshOrders(), refreshSwitches()]);
      await refreshMessages();
      if ($("order-answer").textContent === T.away) {
        answer($("order-answer"), "good", "");
      }
    } catch {
      answer($("order-answer"), "bad", T.away);
    } finally {
      setTimeout(follow, document.hidden ? 5000 : 1000);
    }
  };

  fill();
  drawSwitches();
  total();
  $("order").addEventListener("change", total);
  $("order").addEventListener("submit", place);
  follow();
})();
