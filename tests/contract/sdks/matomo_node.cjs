// matomo-tracker against a server: `node matomo_node.cjs ADDRESS KEY all|retry`.
// It never tries again by itself: it tells of the refusal, and whoever uses it sends the same hit once more.
const MatomoTracker = require("matomo-tracker");

const [address, key, what] = process.argv.slice(2);
const matomo = new MatomoTracker(key, `${address}/matomo.php`);
const page = "https://kauppa.example/takki";
const visitor = { _id: "0123456789abcdef", cdt: "2024-05-01 10:00:00" };

/** Send one hit, and once more after each refusal; the library says nothing of success, so ask the socket. */
function send(hit) {
  return new Promise((resolve, reject) => {
    let refusals = 0;
    const tracker = new MatomoTracker(key, `${address}/matomo.php`);
    tracker.agent = {
      get: (url, answered) =>
        require("http").get(url, (response) => {
          answered(response);
          response.resume();
          if (response.statusCode === 200 || response.statusCode === 204) response.on("end", () => resolve(refusals));
        }),
    };
    tracker.on("error", (status) => {
      refusals += 1;
      if (refusals > 3 || (status !== 429 && status !== 503)) reject(new Error(String(status)));
      else setTimeout(() => tracker.track({ ...hit }), 1000);
    });
    tracker.track({ ...hit });
  });
}

const bulk = (hits) =>
  new Promise((resolve, reject) => {
    matomo.on("error", reject);
    matomo.trackBulk(hits, (text) => resolve(JSON.parse(text)));
  });

async function all() {
  await send({ url: page, action_name: "Talvitakki", urlref: "https://kauppa.example/", uid: "asiakas-1", ...visitor });
  await send({ url: page, e_c: "Video", e_a: "Play", e_n: "Esittely", e_v: 12.5, uid: "asiakas-1", ...visitor });
  const replied = await bulk([
    { url: page, search: "takki", search_cat: "Vaatteet", search_count: 0, uid: "asiakas-1", ...visitor },
    { url: page, download: "https://kauppa.example/ohje.pdf", uid: "asiakas-1", ...visitor },
    { url: page, link: "https://muu.example/?a=1", uid: "asiakas-1", ...visitor },
    {
      url: "https://kauppa.example/kiitos",
      idgoal: 0,
      ec_id: "T-1",
      revenue: 49.9,
      ec_items: JSON.stringify([["T-9", "Talvitakki", "Takit", 49.9, 1]]),
      uid: "asiakas-1",
      ...visitor,
    },
    { url: page, idgoal: 0, revenue: 20, uid: "asiakas-1", ...visitor },
    { url: page, idgoal: 7, uid: "asiakas-1", ...visitor },
    { url: page, ping: 1, uid: "asiakas-1", ...visitor },
    { url: page, e_c: "no action", uid: "asiakas-1", ...visitor },
  ]);
  console.log(JSON.stringify(replied));
}

async function retry() {
  console.log(await send({ url: page, action_name: "Tried Again", rand: "1234", uid: "asiakas-1", ...visitor }));
  await send({ url: page, action_name: "Tried Again", rand: "1234", uid: "asiakas-1", ...visitor });
}

(what === "all" ? all() : retry()).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
