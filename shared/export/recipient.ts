import { Encrypter } from "age-encryption";

/** Whether it is an age recipient that a file can be encrypted to. */
export function isRecipient(text: string): boolean {
  try {
    new Encrypter().addRecipient(text);
    return /^age1[02-9ac-hj-np-z]{58}$/.test(text);
  } catch {
    return false;
  }
}
