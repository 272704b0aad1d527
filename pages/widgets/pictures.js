// Keeps in the browser whether the visitor wants real pictures, so that the next visit begins with it.
export default function ({ data }) {
  document.cookie = `covergenre_pictures=${data.wanted ? 1 : 0}; path=/; max-age=31536000; samesite=strict`
}
