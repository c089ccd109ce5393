// How a task looks by what ECS says of it. Each look has a shape and a word of its own: colour is never the only sign.
const RING = "M6 1.2A4.8 4.8 0 1 1 6 10.8 4.8 4.8 0 0 1 6 1.2M6 2.8A3.2 3.2 0 1 0 6 9.2 3.2 3.2 0 0 0 6 2.8";

export const LOOKS = {
  starting: { word: "starting", means: "PROVISIONING, PENDING, ACTIVATING", path: "M5.2 1h1.6v5.4l2-2 1.1 1.2L6 9.4 2.1 5.6l1.1-1.2 2 2zM2 10h8v1.4H2z" },
  running: { word: "running", means: "RUNNING, not yet known to be healthy", path: RING },
  healthy: { word: "healthy", means: "RUNNING and HEALTHY", path: "M4.7 10.2.9 6.4l1.4-1.4 2.4 2.4 5-5.4 1.5 1.3z" },
  unhealthy: { word: "unhealthy", means: "RUNNING and UNHEALTHY", path: "M5 1h2v6.4H5zM5 9h2v2H5z" },
  stopping: { word: "stopping", means: "DEACTIVATING, STOPPING, DEPROVISIONING", path: "M2.2 1.6h2.6v8.8H2.2zM7.2 1.6h2.6v8.8H7.2z" },
  stopped: { word: "stopped", means: "STOPPED because ECS or somebody wanted it", path: "M2 2h8v8H2z" },
  failed: { word: "failed", means: "STOPPED by itself: crashed, killed or never started", path: "M2.4 1 6 4.6 9.6 1 11 2.4 7.4 6 11 9.6 9.6 11 6 7.4 2.4 11 1 9.6 4.6 6 1 2.4z" },
};

const STARTING = ["PROVISIONING", "PENDING", "ACTIVATING"];

export function lookOf(task) {
  if (task.failed) return "failed";
  if (STARTING.includes(task.status)) return "starting";
  if (task.status === "STOPPED") return "stopped";
  if (task.status !== "RUNNING") return "stopping";
  if (task.health === "UNHEALTHY") return "unhealthy";
  return task.health === "HEALTHY" ? "healthy" : "running";
}

// Revisions take the six colours in turn; the number and the tag stand beside them.
export const revisionColour = (revision) => `var(--rev-${(revision - 1) % 6 + 1})`;

export function clock(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

export const short = (id) => id.replace(/^i-/, "").slice(-5);
