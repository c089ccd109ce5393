export function mount(root) { root.textContent = "Slack comes here."; }
