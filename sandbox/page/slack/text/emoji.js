// The shortcodes people and bots use most. An unknown one stays as it was typed, as in Slack.
import { h } from "../dom.js";

const TABLE = `
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|warning ⚠️|no_entry ⛔
no_entry_sign 🚫|octagonal_sign 🛑|rotating_light 🚨|bangbang ‼️|exclamation ❗|question ❓|information_source ℹ️|bell 🔔
no_bell 🔕|rocket 🚀|ship 🚢|package 📦|whale 🐳|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|lock 🔒|unlock 🔓|key 🔑
snowflake ❄️|ice_cube 🧊|fire 🔥|boom 💥|zap ⚡|skull 💀|bug 🐛|ambulance 🚑|construction 🚧|hourglass ⌛
hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|clock1 🕐|calendar 📅|date 📅|spiral_calendar_pad 🗓️|eyes 👀|mag 🔍
bulb 💡|memo 📝|pencil ✏️|clipboard 📋|scroll 📜|book 📖|bookmark 🔖|label 🏷️|link 🔗|paperclip 📎|pushpin 📌|tada 🎉
confetti_ball 🎊|sparkles ✨|star ⭐|medal 🏅|trophy 🏆|100 💯|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|ok_hand 👌|clap 👏
wave 👋|raised_hand ✋|raised_hands 🙌|pray 🙏|muscle 💪|point_right 👉|point_left 👈|point_up 👆|point_down 👇|handshake 🤝
heart ❤️|green_heart 💚|yellow_heart 💛|blue_heart 💙|smile 😄|slightly_smiling_face 🙂|simple_smile 🙂|grinning 😀|joy 😂
wink 😉|thinking_face 🤔|sweat_smile 😅|cry 😢|sob 😭|scream 😱|sunglasses 😎|robot_face 🤖|ghost 👻|zzz 💤|coffee ☕
red_circle 🔴|large_green_circle 🟢|large_yellow_circle 🟡|large_orange_circle 🟠|large_blue_circle 🔵|white_circle ⚪
black_circle ⚫|large_purple_circle 🟣|red_square 🟥|large_green_square 🟩|large_yellow_square 🟨|white_large_square ⬜
black_large_square ⬛|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_forward ▶️|leftwards_arrow_with_hook ↩️
arrow_right_hook ↪️|rewind ⏪|fast_forward ⏩|repeat 🔁|arrows_counterclockwise 🔄|double_vertical_bar ⏸️|black_square_for_stop ⏹️
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|computer 💻|desktop_computer 🖥️|cloud ☁️|earth_africa 🌍
globe_with_meridians 🌐|house 🏠|office 🏢|mailbox 📫|email 📧|speech_balloon 💬|thought_balloon 💭|loudspeaker 📢|mega 📣
heavy_plus_sign ➕|heavy_minus_sign ➖|wastebasket 🗑️|recycle ♻️|shield 🛡️|traffic_light 🚦|checkered_flag 🏁|triangular_flag_on_post 🚩
hand ✋|seedling 🌱|evergreen_tree 🌲|turtle 🐢|rabbit 🐰|snail 🐌|dancer 💃|crossed_fingers 🤞|shrug 🤷|facepalm 🤦`;

const EMOJI = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((entry) => entry.split(" ")),
);

// The character as an element that says its name, or null.
export function emoji(name) {
  const sign = EMOJI.get(name);
  return sign
    ? h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, sign)
    : null;
}

// Words with their shortcodes turned; nothing else happens to them.
export function withEmoji(words) {
  const parts = [];
  let end = 0;
  for (const found of words.matchAll(/:([a-z0-9_+-]+):/g)) {
    const sign = emoji(found[1]);
    if (!sign) continue;
    parts.push(words.slice(end, found.index), sign);
    end = found.index + found[0].length;
  }
  parts.push(words.slice(end));
  return parts.filter((part) => part !== "");
}
