/** Asks whether notifications may be shown; the tap in the widget counts for the page around it. */
export async function mayNotify(): Promise<"granted" | "denied"> {
  if (!("Notification" in window)) return "denied";
  const state = await Notification.requestPermission();
  return state === "granted" ? "granted" : "denied";
}

/** Shows a notification while nobody looks at the page; a tap on it leads to the chat. */
export function notify(title: string, body: string, onTap: () => void): void {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const notice = new Notification(title, { body, tag: "chatserver" });
    notice.onclick = () => {
      window.focus();
      notice.close();
      onTap();
    };
  } catch (error) {
    // Android lets only service workers show them.
    console.debug("chatserver: this browser shows no notifications for pages", error);
  }
}
