// What an element holds, under Slack's names: the same table as the sandbox's own (sandbox/slack/values.py).
const FIELDS = {
  plain_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  radio_buttons: ["selected_option", "initial_option"],
  overflow: ["selected_option", "initial_option"],
  checkboxes: ["selected_options", "initial_options"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_external_select: ["selected_options", "initial_options"],
  users_select: ["selected_user", "initial_user"],
  multi_users_select: ["selected_users", "initial_users"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  channels_select: ["selected_channel", "initial_channel"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
};

export const fieldOf = (element) => FIELDS[element.type]?.[0];
export const isField = (element) => element.type in FIELDS;
export const isMulti = (element) => element.type.startsWith("multi_");
export const initialOf = (element) => element[FIELDS[element.type][1]] ?? null;
export const entryOf = (element, value) => ({ [fieldOf(element)]: value });

// Like /sandbox/slack: block id and action id name one element of one surface.
export const keyOf = (block, element) => `${block.block_id} ${element.action_id}`;
