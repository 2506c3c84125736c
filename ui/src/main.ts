// Starts the window's page.
import { createPinia } from "pinia";
import { createApp } from "vue";

import App from "./App.vue";
import { learnDocuments } from "./parts/useFolder";
import { router } from "./state/router";
import "./style";
import { i18n } from "./words";

void learnDocuments().then(() => createApp(App).use(createPinia()).use(router).use(i18n).mount("#app"));
