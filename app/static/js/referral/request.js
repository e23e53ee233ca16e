/* Requests of the form's helpers. Each answers {ok, status, data}; a sentence for the user is always in data.message. */
export const texts = JSON.parse(document.getElementById("referral-texts").textContent);

/** After a log-in in another tab this page's token is of a session that is over: take the new one's. */
async function renewToken() {
  const answer = await fetch("/session/token", { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return false;
  const { token } = await answer.json();
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const input of document.querySelectorAll('input[name="csrf_token"]')) input.value = token;
  return true;
}

export async function post(url, body, { keepalive = false, again = true } = {}) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST", body, keepalive, credentials: "same-origin",
      headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" },
    });
  } catch {
    return { ok: false, status: 0, data: { message: texts.offline } };
  }
  if (answer.status === 401) return { ok: false, status: 401, data: { message: texts.signedOut } };
  const data = await answer.json().catch(() => ({ message: texts.offline }));
  if (data.code === "csrf" && again && (await renewToken())) {
    if (body instanceof FormData) body.delete("csrf_token");
    return post(url, body, { keepalive, again: false });
  }
  return { ok: answer.ok, status: answer.status, data };
}

/** What is typed, without the files: those went up when they were chosen. */
export function typedIn(form) {
  const data = new FormData(form);
  for (const input of form.querySelectorAll('input[type="file"]')) data.delete(input.name);
  return data;
}
