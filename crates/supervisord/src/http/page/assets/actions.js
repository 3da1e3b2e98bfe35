// Doing something: asks the server without leaving the page, and shows what it answers.

/** Shows a message where the server would have put it. */
export function say(text, failed = false) {
  const box = document.createElement("div");
  box.className = failed ? "status_msg failed" : "status_msg";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Dismiss";
  close.addEventListener("click", () => box.remove());
  box.append(close, text);
  document.querySelector("#messages").replaceChildren(box);
}

/** A message in the address would come back at each reload. */
export function forgetMessage() {
  const url = new URL(location.href);
  if (url.searchParams.has("message")) {
    url.searchParams.delete("message");
    history.replaceState(null, "", url);
  }
}

/** Has the server do something; `pairs` are those of the form. `source` shows that it is under way. */
export async function act(pairs, source) {
  source?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(document.body.dataset.page, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(pairs),
    });
    if (!answer.ok) {
      say(`The server refuses this (${answer.status} ${answer.statusText}).`, true);
      return false;
    }
    const outcome = await answer.json();
    say(outcome.message, outcome.failed);
    return !outcome.failed;
  } catch {
    say("The server cannot be reached.", true);
    return false;
  } finally {
    source?.removeAttribute("aria-busy");
  }
}

/** Asks before something large is done. */
export function confirmed(question, verb) {
  const dialog = document.createElement("dialog");
  const text = document.createElement("p");
  text.id = "question";
  text.textContent = question;
  dialog.setAttribute("aria-labelledby", text.id);
  const form = document.createElement("form");
  form.method = "dialog";
  for (const [value, caption] of [["no", "Cancel"], ["yes", verb]]) {
    const button = document.createElement("button");
    button.value = value;
    button.textContent = caption;
    button.className = value === "yes" ? "primary" : "";
    form.append(button);
  }
  dialog.append(text, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** Sends a form by the button that was pressed, without leaving the page. */
export function sendHere(form, afterwards = () => {}) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await act(new FormData(form, event.submitter), event.submitter);
    afterwards(done);
  });
}
