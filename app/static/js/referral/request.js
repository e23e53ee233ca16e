/* Requests of the form's helpers. Each answers {ok, status, data}; a sentence for the user is always in data.message. */
export const texts = JSON.parse(document.getElementById("referral-texts").textContent);

export async function post(url, body, { keepalive = false } = {}) {
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
  return { ok: answer.ok, status: answer.status, data };
}

/** What is typed, without the files: those went up when they were chosen. */
export function typedIn(form) {
  const data = new FormData(form);
  for (const input of form.querySelectorAll('input[type="file"]')) data.delete(input.name);
  return data;
}
