// @segment/analytics-node against a server: `node segment_node.cjs ADDRESS KEY all|retry`.
const { Analytics } = require("@segment/analytics-node");

const [address, writeKey, what] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host: address, flushInterval: 200 });
const at = (seconds) => new Date(Date.UTC(2024, 4, 1, 10, 0, seconds, 250));
let failed = 0;
analytics.on("error", (error) => {
  console.error(error);
  failed = 1;
});

if (what === "all") {
  const userId = "asiakas-1";
  const anonymousId = "laite-1";
  analytics.identify({
    userId,
    anonymousId,
    traits: { email: "Maija@Example.fi", name: "Maija Meikäläinen", loyalty_number: "K-99" },
    timestamp: at(0),
    messageId: "sn-1",
  });
  analytics.page({
    userId,
    anonymousId,
    category: "Tuotteet",
    name: "Takki",
    properties: { url: "https://kauppa.example/takki", title: "Talvitakki" },
    context: { campaign: { source: "kirje", medium: "email", name: "kevät" } },
    timestamp: at(1),
    messageId: "sn-2",
  });
  analytics.screen({ userId, name: "Kassa", properties: { step: 2 }, timestamp: at(2), messageId: "sn-3" });
  analytics.track({
    userId,
    event: "Order Completed",
    properties: { order_id: "T-1", revenue: 49.9, discount: null },
    context: {
      page: { url: "https://kauppa.example/kiitos", title: "Kiitos" },
      locale: "fi-FI",
    },
    timestamp: at(3),
    messageId: "sn-4",
  });
  analytics.group({ userId, groupId: "yritys-1", traits: { name: "Yritys Oy" }, timestamp: at(4), messageId: "sn-5" });
  analytics.alias({ userId, previousId: "vanha-1", timestamp: at(5), messageId: "sn-6" });
  for (let number = 0; number < 40; number++) {
    analytics.track({
      userId: "asiakas-2",
      event: "Item Seen",
      properties: { number },
      timestamp: at(10 + number),
      messageId: `sn-b-${number}`,
    });
  }
} else {
  analytics.track({ userId: "asiakas-1", event: "Tried Again", properties: { a: 1 }, timestamp: at(0), messageId: "sn-r" });
}
analytics.closeAndFlush({ timeout: 30_000 }).then(() => process.exit(failed));
