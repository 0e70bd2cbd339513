// @rudderstack/rudder-sdk-node against a server: `node rudder_node.cjs ADDRESS KEY all|retry`. It gzips by default.
const Analytics = require("@rudderstack/rudder-sdk-node");

const [address, writeKey, what] = process.argv.slice(2);
const analytics = new Analytics(writeKey, { dataPlaneUrl: address, flushInterval: 200, flushAt: 20, logLevel: "error" });
const at = (seconds) => new Date(Date.UTC(2024, 4, 1, 10, 0, seconds, 250));

if (what === "all") {
  const userId = "asiakas-1";
  const anonymousId = "laite-1";
  analytics.identify({
    userId,
    anonymousId,
    traits: { email: "Maija@Example.fi", plan: "kulta" },
    timestamp: at(0),
    messageId: "rn-1",
  });
  analytics.page({
    userId,
    anonymousId,
    category: "Tuotteet",
    name: "Takki",
    properties: { url: "https://kauppa.example/takki", title: "Talvitakki" },
    timestamp: at(1),
    messageId: "rn-2",
  });
  analytics.screen({ userId, name: "Kassa", properties: { step: 2 }, timestamp: at(2), messageId: "rn-3" });
  analytics.track({
    userId,
    event: "Order Completed",
    properties: { order_id: "T-1", revenue: 49.9 },
    timestamp: at(3),
    messageId: "rn-4",
  });
  analytics.group({ userId, groupId: "yritys-1", traits: { name: "Yritys Oy" }, timestamp: at(4), messageId: "rn-5" });
  analytics.alias({ userId, previousId: "vanha-1", timestamp: at(5), messageId: "rn-6" });
  for (let number = 0; number < 40; number++) {
    analytics.track({
      userId: "asiakas-2",
      event: "Item Seen",
      properties: { number },
      timestamp: at(10 + number),
      messageId: `rn-b-${number}`,
    });
  }
} else {
  analytics.track({ userId: "asiakas-1", event: "Tried Again", properties: { a: 1 }, timestamp: at(0), messageId: "rn-r" });
}

(async () => {
  while (analytics.queue.length > 0) await analytics.flush();
  await analytics.pendingFlush;
})().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
