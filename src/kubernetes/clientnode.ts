/** The one thing that is loaded of @kubernetes/client-node: named here, so that a bundle can leave the rest of it out. */
export { KubeConfig } from '@kubernetes/client-node';
